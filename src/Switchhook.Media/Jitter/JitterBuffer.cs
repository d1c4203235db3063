using System.Diagnostics;
using Switchhook.Media.Codecs;
using Switchhook.Media.Rtp;

namespace Switchhook.Media.Jitter;

/// <summary>
/// Packets of 10 to 60 ms go in as they come, frames of 20 ms come out in time. A ring of fixed slots, indexed by the
/// extended sequence number; a cursor in timestamps says which sample is played next.
/// <list type="bullet">
/// <item>A hole in the sequence is a loss and is concealed; a hole in the timestamps alone is a pause the peer meant
/// (silence suppression) and is silent.</item>
/// <item>When nothing is there, time goes on. If the next packet comes in time after all, the hole was a loss or a pause; if it
/// comes too late, the path has become longer, and the cursor steps back to it: the delay grows, no word is lost.</item>
/// <item>Delay that is missing is made by inserting a frame, delay that is not needed any more is given back by fading two
/// frames into one: at once in silence, in speech only one in a while, and giving back only when there is much of it.</item>
/// </list>
/// Laws: no packet is played twice; every packet is played, late, dropped or still here; a packet waits no longer than
/// <see cref="Limits.JitterDelayMax"/>, and one frame for the tick.
/// </summary>
internal sealed class JitterBuffer
{
    private const int Slots = Limits.JitterSlots;
    private const int SlotMask = Slots - 1;
    private const int Frame = MediaClock.FrameSamples;

    /// <summary>A transit so far from the usual is another timeline, not a slow packet.</summary>
    private const int JumpSamples = MediaClock.SampleRate;

    /// <summary>So many packets in a row too late: the path is longer now than we ever wait, so we begin anew.</summary>
    private const int LateRunMax = 10;

    /// <summary>Delay above the target that is worth fading two frames of speech into one.</summary>
    private const int ExcessSamples = 3 * Frame;

    /// <summary>Frames of speech between two of these operations.</summary>
    private const int FramesBetween = 10;

    /// <summary>Delay missing below the target before a frame is inserted. With one frame above the target this leaves a band wider than a frame, or dropping and inserting would chase each other.</summary>
    private const int LackSamples = Frame / 4;

    /// <summary>Mean amplitude up to which a frame counts as silence: about -50 dBm0.</summary>
    private const int QuietAmplitude = 100;

    private struct Slot
    {
        public bool IsTaken;
        public long Sequence;
        public long Timestamp;
        /// <summary>Samples in the slot; none for a packet that carried no audio (keys, comfort noise).</summary>
        public int Length;
        public int Played;
        public AudioCodec Codec;
    }

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly byte[] _codes = new byte[Slots * Limits.RtpPayloadBytes];
    private readonly short[] _spare = new short[Frame];
    private readonly DelayTarget _target = new();
    private readonly Concealment _concealment = new();

    private bool _isAnchored;       // a first packet gave sequence and timestamp their origin
    private bool _isStarted;        // the cursor runs
    private bool _isStarved;        // the last frame found nothing to play
    private bool _wasQuiet;
    private long _next;             // the lowest sequence number that may still be played
    private long _highest;          // the highest that was put
    private long _timestamp;        // the last timestamp, extended
    private long _cursor;           // the timestamp to be played next
    private long _wait;             // what a packet of the shortest transit waits, in samples
    private Instant _firstArrival;
    private int _lateRun;
    private int _framesSince = FramesBetween;

    /// <summary>Packets put in, whatever became of them.</summary>
    public long Received { get; private set; }
    public long Played { get; private set; }
    /// <summary>Came after their turn.</summary>
    public long Late { get; private set; }
    /// <summary>Repeated, without room, or given up to shorten the delay.</summary>
    public long Dropped { get; private set; }
    public int Count { get; private set; }

    /// <summary>Frames in which something was made up.</summary>
    public long FramesConcealed { get; private set; }

    /// <summary>What the buffer adds now, in milliseconds.</summary>
    public int DelayMs => _isStarted ? (int)Math.Max(0, _wait / MediaClock.SamplesPerMs) : 0;

    public int TargetMs => _target.Samples / MediaClock.SamplesPerMs;

    /// <summary>A packet that takes a sequence number and carries no audio: it is no loss.</summary>
    public void PutNonAudio(long sequence)
    {
        if (!_isAnchored) { return; }
        Received++;
        if (TryFindSlot(sequence) is int index) { _slots[index] = new Slot { IsTaken = true, Sequence = sequence }; }
    }

    public void Put(Instant now, long sequence, uint timestamp, AudioCodec codec, ReadOnlySpan<byte> codes)
    {
        Debug.Assert(codes.Length is > 0 and <= Limits.RtpPayloadBytes);
        Received++;
        long extended = _isAnchored ? _timestamp + (int)(timestamp - (uint)_timestamp) : timestamp;
        long transit = MediaClock.Samples(now) - extended;
        if (_isAnchored && Math.Abs(transit - _target.Base) > JumpSamples)
        {
            if (sequence <= _highest) { Late++; return; }
            Reset();
        }
        if (!_isAnchored)
        {
            (_isAnchored, _next, _highest, _firstArrival) = (true, sequence, sequence, now);
        }
        _timestamp = extended;
        _target.Add(transit);
        if (TryFindSlot(sequence) is not int index) { return; }

        _slots[index] = new Slot { IsTaken = true, Sequence = sequence, Timestamp = extended, Length = codes.Length, Codec = codec };
        codes.CopyTo(_codes.AsSpan(index * Limits.RtpPayloadBytes));
    }

    /// <summary>The next 20 ms. <paramref name="tick"/> is when the frame was due, not when its thread woke up.</summary>
    public void Take(Instant tick, Span<short> frame)
    {
        Debug.Assert(frame.Length == Frame);
        long time = MediaClock.Samples(tick);
        if (!_isStarted && !TryStart(tick))
        {
            frame.Clear();
            return;
        }

        _wait = time - _cursor - _target.Base;
        _framesSince++;
        if (_wait > DelayTarget.Max + Frame) { SkipToTarget(); }
        if (HasTooLittle())
        {
            _concealment.Make(frame);
            _wait += Frame;
            _framesSince = 0;
            return;
        }

        Fill(frame);
        bool isQuiet = IsQuiet(frame);
        if (HasTooMuch(isQuiet))
        {
            frame.CopyTo(_spare);
            Fill(frame);
            Fade(_spare, frame);
            _wait -= Frame;
            _framesSince = 0;
        }
        _wasQuiet = isQuiet;
        if (_lateRun >= LateRunMax) { Reset(); }
    }

    /// <summary>Another stream begins. What is left of the old one is dropped.</summary>
    public void Reset()
    {
        for (int i = 0; i < Slots; i++)
        {
            if (_slots[i].IsTaken) { Free(ref _slots[i]); Dropped++; }
        }
        (_isAnchored, _isStarted, _isStarved, _wasQuiet, _lateRun, _wait) = (false, false, false, false, 0, 0);
        _target.Reset();
        _concealment.Reset();
    }

    private int? TryFindSlot(long sequence)
    {
        if (sequence < _next && !_isStarted && _highest - sequence < Slots)
        {
            _next = sequence;               // reordered before anything was played
        }
        if (sequence < _next)
        {
            Late++;
            return null;
        }
        int index = (int)(sequence & SlotMask);
        if (_slots[index].IsTaken && _slots[index].Sequence == sequence)
        {
            Dropped++;
            return null;
        }
        if (sequence - _next >= Slots) { MakeRoom(sequence - SlotMask); }
        _highest = Math.Max(_highest, sequence);
        Count++;
        return index;
    }

    private void MakeRoom(long next)
    {
        for (int i = 0; i < Slots; i++)
        {
            if (_slots[i].IsTaken && _slots[i].Sequence < next) { Free(ref _slots[i]); Dropped++; }
        }
        _next = next;
    }

    /// <summary>Nothing is played before the first packet has waited as long as the target says.</summary>
    private bool TryStart(Instant tick)
    {
        if (!_isAnchored || MediaClock.Samples(tick) - MediaClock.Samples(_firstArrival) < _target.Samples) { return false; }
        int head = Head();
        if (head < 0) { return false; }
        _cursor = _slots[head].Timestamp;
        _isStarted = true;
        return true;
    }

    private bool HasTooLittle() =>
        _wait < _target.Samples - LackSamples && !_isStarved && Count > 0 && (_wasQuiet || _framesSince >= FramesBetween);

    private bool HasTooMuch(bool isQuiet)
    {
        long excess = _wait - _target.Samples;
        if (excess < Frame || Count == 0 || Head() is not (>= 0 and int head)) { return false; }
        ref readonly Slot newest = ref _slots[_highest & SlotMask];
        bool hasFrame = newest.IsTaken && newest.Timestamp + newest.Length - _cursor >= Frame
            && _slots[head].Timestamp + _slots[head].Played <= _cursor;
        return hasFrame && (isQuiet || (excess >= ExcessSamples && _framesSince >= FramesBetween));
    }

    private void Fill(Span<short> frame)
    {
        bool isConcealed = false;
        for (int at = 0; at < frame.Length;)
        {
            int head = Head();
            if (head < 0)
            {
                isConcealed |= Conceal(frame[at..]);
                _isStarved = true;
                break;
            }
            ref Slot slot = ref _slots[head];
            if (_isStarved) { StepBack(slot.Timestamp + slot.Played); }
            _isStarved = false;

            long gap = slot.Timestamp + slot.Played - _cursor;
            if (gap > 0 && slot.Sequence == _next) { gap -= ShortenPause(gap); }
            if (gap < 0) { Miss(ref slot, (int)Math.Min(-gap, slot.Length - slot.Played)); continue; }

            int left = frame.Length - at;
            if (gap == 0)
            {
                int count = Math.Min(left, slot.Length - slot.Played);
                Play(ref slot, head, frame.Slice(at, count));
                at += count;
                continue;
            }
            Span<short> hole = frame.Slice(at, (int)Math.Min(left, gap));
            if (slot.Sequence != _next) { isConcealed |= Conceal(hole); }
            else
            {
                _concealment.Pause(hole);
                _cursor += hole.Length;
            }
            at += hole.Length;
        }
        if (isConcealed) { FramesConcealed++; }
    }

    /// <summary>The slot of the lowest sequence number that has audio, or -1.</summary>
    private int Head()
    {
        if (Count == 0) { return -1; }
        for (long sequence = _next; sequence <= _highest; sequence++)
        {
            int index = (int)(sequence & SlotMask);
            if (!_slots[index].IsTaken) { continue; }
            if (_slots[index].Length > 0) { return index; }
            if (sequence == _next) { AdvanceTo(sequence + 1); }
        }
        return -1;
    }

    private void Play(ref Slot slot, int index, Span<short> samples)
    {
        AdvanceTo(slot.Sequence);       // whoever is missing before it is late from now on
        _lateRun = 0;
        G711.Decode(slot.Codec, _codes.AsSpan(index * Limits.RtpPayloadBytes + slot.Played, samples.Length), samples);
        _concealment.Join(samples);
        slot.Played += samples.Length;
        _cursor += samples.Length;
        if (slot.Played < slot.Length) { return; }
        Free(ref slot);
        Played++;
        _next++;
    }

    /// <summary>The cursor has passed samples that came too late.</summary>
    private void Miss(ref Slot slot, int samples)
    {
        slot.Played += samples;
        if (slot.Played < slot.Length) { return; }
        AdvanceTo(slot.Sequence);
        Free(ref slot);
        Late++;
        _next++;
        _lateRun++;
    }

    /// <summary>After nothing was there: what came too late is played all the same, later, as far as the longest delay allows.</summary>
    private void StepBack(long timestamp)
    {
        long back = Math.Min(_cursor - timestamp, DelayTarget.Max - _wait);
        if (back <= 0) { return; }
        _cursor -= back;
        _wait += back;
    }

    /// <summary>In a pause that the peer meant, delay is given back by whole frames and nobody hears it.</summary>
    private long ShortenPause(long gap)
    {
        long frames = Math.Min(gap, _wait - _target.Samples) / Frame;
        if (frames <= 0) { return 0; }
        _cursor += frames * Frame;
        _wait -= frames * Frame;
        return frames * Frame;
    }

    /// <summary>Far too much is here, as after a stall of the network: what is oldest goes.</summary>
    private void SkipToTarget()
    {
        long frames = (_wait - _target.Samples) / Frame;
        _cursor += frames * Frame;
        _wait -= frames * Frame;
        for (int head = Head(); head >= 0; head = Head())
        {
            ref Slot slot = ref _slots[head];
            if (slot.Timestamp + slot.Length > _cursor) { break; }
            AdvanceTo(slot.Sequence);
            Free(ref slot);
            Dropped++;
            _next++;
        }
    }

    /// <summary>What lies before <paramref name="sequence"/> is lost, or carried no audio and has done its duty.</summary>
    private void AdvanceTo(long sequence)
    {
        for (; _next < sequence; _next++)
        {
            ref Slot slot = ref _slots[_next & SlotMask];
            if (slot.IsTaken) { Free(ref slot); Played++; }
        }
    }

    private bool Conceal(Span<short> gap)
    {
        bool isAudible = _concealment.IsAudible;
        _concealment.Make(gap);
        _cursor += gap.Length;
        return isAudible;
    }

    private void Free(ref Slot slot)
    {
        slot.IsTaken = false;
        Count--;
    }

    private static bool IsQuiet(ReadOnlySpan<short> frame)
    {
        int sum = 0;
        foreach (short sample in frame) { sum += Math.Abs((int)sample); }
        return sum <= QuietAmplitude * Frame;
    }

    private static void Fade(ReadOnlySpan<short> from, Span<short> to)
    {
        for (int i = 0; i < to.Length; i++) { to[i] = (short)(from[i] + (to[i] - from[i]) * (i + 1) / (to.Length + 1)); }
    }
}
