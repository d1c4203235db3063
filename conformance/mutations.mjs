// Every client event of realtime-api §5 with all its members, and what each member may be. From this table comes each event
// with one member missing, and with one member as everything that JSON can be.

// needed: must be there and not be null. entry: need not be there, but null is no value. free: null is its default.
const needed = (...kinds) => ({ absent: false, empty: false, kinds }), entry = (...kinds) => ({ absent: true, empty: false, kinds }), free = (...kinds) => ({ absent: true, empty: true, kinds });

const audio = {
  input: {
    format: { type: 'audio/pcm', rate: 24000 },
    transcription: { model: 'whisper-1', language: 'en', languages: ['en'], prompt: 'p', keywords: ['k'], delay: 'low' },
    noise_reduction: { type: 'near_field', strength: 0.5 },
    turn_detection: { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500, idle_timeout_ms: 30_000, create_response: true, interrupt_response: true },
  },
  output: { format: { type: 'audio/pcmu' }, voice: 'alloy', speed: 1 },
};
const output = at => ({ [`${at}.format`]: free('object'), [`${at}.format.type`]: free('string'), [`${at}.voice`]: free('string', 'object') });
const shared = at => ({
  [`${at}.output_modalities`]: free('array'), [`${at}.instructions`]: free('string'), [`${at}.tools`]: free('array'),
  [`${at}.tools[0]`]: entry('object'), [`${at}.tools[0].type`]: needed('string'), [`${at}.tools[0].name`]: needed('string'),
  [`${at}.tools[0].description`]: free('string'), [`${at}.tools[0].parameters`]: free('object'),
  [`${at}.tool_choice`]: free('string', 'object'), [`${at}.max_output_tokens`]: free('number', 'string'),
  [`${at}.parallel_tool_calls`]: free('boolean'), [`${at}.reasoning`]: free('object'), [`${at}.reasoning.effort`]: free('string'),
  [`${at}.audio`]: free('object'), [`${at}.audio.output`]: free('object'), ...output(`${at}.audio.output`),
});
const sharedMembers = {
  instructions: 'Be brief.', tools: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }], tool_choice: 'auto',
  max_output_tokens: 100, parallel_tool_calls: true, reasoning: { effort: 'low' },
};
const hearing = 'session.audio.input', turns = `${hearing}.turn_detection`, words = `${hearing}.transcription`;

const table = [
  ['session.update', { session: { type: 'realtime', model: 'echo', output_modalities: ['audio'], ...sharedMembers, include: [], audio } }, {
    session: needed('object'), 'session.type': needed('string'), 'session.model': free('string'), 'session.include': free('array'), ...shared('session'),
    'session.audio.output.speed': free('number'),
    [hearing]: free('object'), [`${hearing}.format`]: free('object'), [`${hearing}.format.type`]: free('string'), [`${hearing}.format.rate`]: free('number'),
    [words]: free('object'), [`${words}.model`]: free('string'), [`${words}.language`]: free('string'), [`${words}.languages`]: free('array'),
    [`${words}.prompt`]: free('string'), [`${words}.keywords`]: free('array'), [`${words}.delay`]: free('string'),
    [`${hearing}.noise_reduction`]: free('object'), [`${hearing}.noise_reduction.type`]: free('string'), [`${hearing}.noise_reduction.strength`]: free('number'),
    [turns]: free('object'), [`${turns}.type`]: free('string'), [`${turns}.threshold`]: free('number'), [`${turns}.prefix_padding_ms`]: free('number'),
    [`${turns}.silence_duration_ms`]: free('number'), [`${turns}.idle_timeout_ms`]: free('number'), [`${turns}.create_response`]: free('boolean'),
    [`${turns}.interrupt_response`]: free('boolean'),
  }],
  ['session.update', { session: { type: 'realtime', truncation: { type: 'retention_ratio', retention_ratio: 0.5, token_limits: { post_instructions: 100 } } } }, {
    'session.truncation': free('string', 'object'), 'session.truncation.type': needed('string'), 'session.truncation.retention_ratio': needed('number'),
    'session.truncation.token_limits': free('object'), 'session.truncation.token_limits.post_instructions': free('number'),
  }],
  ['session.update', { session: { type: 'realtime', audio: { input: { turn_detection: { type: 'semantic_vad', eagerness: 'low', create_response: true, interrupt_response: true } } } } }, {
    [`${turns}.eagerness`]: free('string'), [`${turns}.create_response`]: free('boolean'), [`${turns}.interrupt_response`]: free('boolean'),
  }],
  ['response.create', { response: { conversation: 'auto', input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 't' }] }], output_modalities: ['text'], ...sharedMembers, audio: { output: { format: audio.output.format, voice: 'alloy' } }, metadata: { a: 'b' } } }, {
    response: free('object'), 'response.conversation': free('string'), 'response.input': free('array'), 'response.input[0]': entry('object'),
    'response.input[0].type': needed('string'), 'response.input[0].role': needed('string'), 'response.input[0].content': needed('array'),
    'response.metadata': free('object'), 'response.metadata.a': entry('string'), ...shared('response'),
  }],
  ['response.cancel', { response_id: 'resp_none' }, { response_id: free('string') }],
  ['input_audio_buffer.append', { audio: 'AAAA' }, { audio: needed('string') }],
  ['input_audio_buffer.commit', {}, {}],
  ['input_audio_buffer.clear', {}, {}],
  ['output_audio_buffer.clear', {}, {}],
  ['conversation.item.create', { previous_item_id: 'root', item: { type: 'message', role: 'user', status: 'completed', object: 'realtime.item', content: [{ type: 'input_text', text: 't' }, { type: 'input_audio', audio: 'AAAA', transcript: 't' }, { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' }] } }, {
    previous_item_id: free('string'), item: needed('object'), 'item.type': needed('string'), 'item.role': needed('string'), 'item.status': free('string'),
    'item.content': needed('array'), 'item.content[0]': entry('object'), 'item.content[0].type': needed('string'), 'item.content[0].text': needed('string'),
    'item.content[1].audio': free('string'), 'item.content[1].transcript': free('string'),
    'item.content[2].image_url': needed('string'), 'item.content[2].detail': free('string'),
  }],
  ['conversation.item.create', { item: { id: 'mine', type: 'message', role: 'system', content: [] } }, { 'item.id': free('string') }],
  ['conversation.item.create', { item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 't' }] } }, {
    'item.content[0].type': needed('string'), 'item.content[0].text': needed('string'),
  }],
  ['conversation.item.create', { item: { type: 'function_call', name: 'f', call_id: 'call_1', arguments: '{}' } }, {
    'item.name': needed('string'), 'item.call_id': free('string'), 'item.arguments': needed('string'),
  }],
  ['conversation.item.create', { item: { type: 'function_call_output', call_id: 'call_1', output: 'o' } }, {
    'item.call_id': needed('string'), 'item.output': needed('string'),
  }],
  ['conversation.item.create', { item: { type: 'mcp_approval_response', approval_request_id: 'a', approve: true, reason: 'r' } }, {
    'item.approval_request_id': needed('string'), 'item.approve': needed('boolean'), 'item.reason': free('string'),
  }],
  ['conversation.item.retrieve', { item_id: 'nobody' }, { item_id: needed('string') }],
  ['conversation.item.delete', { item_id: 'nobody' }, { item_id: needed('string') }],
  ['conversation.item.truncate', { item_id: 'nobody', content_index: 0, audio_end_ms: 1 }, {
    item_id: needed('string'), content_index: needed('number'), audio_end_ms: needed('number'),
  }],
  // What cannot be changed any more once it was taken stands last.
  ['session.update', { session: { type: 'realtime', tracing: { workflow_name: 'w', group_id: 'g', metadata: { a: 'b' } } } }, {
    'session.tracing': free('string', 'object'), 'session.tracing.workflow_name': free('string'), 'session.tracing.group_id': free('string'), 'session.tracing.metadata': free('object'),
  }],
];

const values = {
  null: null, true: true, false: false, text: 'x', empty: '', long: 'x'.repeat(5_000), number: 12.5, zero: 0, negative: -7, huge: 1e300,
  beyond: 9_007_199_254_740_992, array: [], texts: ['x'], objects: [{}], object: {}, other: { x: 1 }, deep: nested(50),
};

// Refusals of what is right in itself, at another time.
const untimely = [
  'response_cancel_not_active', 'conversation_already_has_active_response', 'too_many_responses', 'input_audio_buffer_commit_empty',
  'item_retrieve_invalid_item_id', 'item_delete_invalid_item_id', 'item_truncate_invalid_item_id', 'cannot_update_voice',
];
// And what can never be right on this call: audio of a phone that comes through the socket, an approval that nobody asked for.
const never = ['type', 'item.approval_request_id'];

// [what is sent, its cases: the event, its name, and whether it must be refused and how].
export function mutations() {
  return table.map(([type, members, rules], row) => [type, [
    { event: { type, ...members }, name: `${row} as it should be`, refusal: allowed('') },
    { event: { type, ...members, surprise: { x: 1 } }, name: `${row} with a member that nobody knows`, refusal: allowed('') },
    ...Object.entries(rules).flatMap(([path, rule]) => [
      { event: { type, ...changed(members, path) }, name: `${row} without ${path}`, refusal: rule.absent ? allowed(path) : refused(path, 'missing_required_parameter') },
      ...Object.entries(values).map(([word, value]) => ({ event: { type, ...changed(members, path, value) }, name: `${row} with ${path} as ${word}`, refusal: verdict(path, rule, value) })),
    ]),
  ]]);
}

function verdict(path, { empty, kinds }, value) {
  if (value === null) { return empty ? allowed(path) : refused(path, 'missing_required_parameter', 'invalid_type'); }
  const kind = Array.isArray(value) ? 'array' : typeof value;
  return kinds.includes(kind) ? allowed(path) : refused(path, 'invalid_type', 'invalid_value');
}

const refused = (path, ...codes) => ({ wish: `${codes.join(' or ')} at ${path}`, fits: error => error?.param === path && codes.includes(error.code) });

const allowed = path => ({
  wish: `nothing, or a word about ${path}`,
  fits: error => !error || untimely.includes(error.code) || never.includes(error.param) || (error.param !== null && (error.param.startsWith(path) || path.startsWith(error.param))),
});

// A copy of the members in which the one at this path is another, or is not there.
function changed(members, path, ...value) {
  const copy = structuredClone(members);
  const steps = path.split(/\.|\[(\d+)\]/).filter(Boolean);
  const last = steps.pop();
  const parent = steps.reduce((at, step) => at[step], copy);
  if (value.length === 0) { Array.isArray(parent) ? parent.splice(last, 1) : delete parent[last]; } else { parent[last] = value[0]; }
  return copy;
}

function nested(levels) {
  let value = 'x';
  for (let i = 0; i < levels; i++) { value = i % 2 ? [value] : { a: value }; }
  return value;
}
