using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace Switchhook.Sip.Messages;

/// <summary>
/// One request or response: a buffer of its own and the places of things in it. Getters return spans over that buffer
/// and allocate nothing. Folded values have been joined with one space (RFC 3261 §7.3.1), so no value holds a CR or LF.
/// </summary>
internal sealed class SipMessage
{
    private readonly byte[] _buffer;
    private readonly HeaderSlot[] _headers;
    private readonly Range _method;
    private readonly Range _uri;
    private readonly Range _version;
    private readonly Range _reason;
    private readonly Range _startLine;
    private readonly Range _body;

    internal SipMessage(byte[] buffer, in StartLine start, HeaderSlot[] headers, Range body)
    {
        _buffer = buffer;
        _headers = headers;
        _startLine = start.Line;
        _method = start.Method;
        _uri = start.Uri;
        _version = start.Version;
        _reason = start.Reason;
        _body = body;
        Status = start.Status;
        Method = SipMethods.Parse(_buffer.AsSpan(_method));
    }

    public bool IsRequest => Status == 0;

    /// <summary>Of a request. Of a response this is <see cref="SipMethod.Unknown"/>; its method is in the CSeq.</summary>
    public SipMethod Method { get; }

    public ReadOnlySpan<byte> MethodName => _buffer.AsSpan(_method);

    public ReadOnlySpan<byte> RequestUri => _buffer.AsSpan(_uri);

    /// <summary>100 to 699, or 0 for a request.</summary>
    public int Status { get; }

    public ReadOnlySpan<byte> ReasonPhrase => _buffer.AsSpan(_reason);

    /// <summary><c>SIP/2.0</c>, or what the peer believes in.</summary>
    public ReadOnlySpan<byte> Version => _buffer.AsSpan(_version);

    public ReadOnlySpan<byte> StartLine => _buffer.AsSpan(_startLine);

    /// <summary>As long as Content-Length says; without one, the rest of the datagram (RFC 3261 §18.3).</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_body);

    /// <summary>The body without a copy, for whoever keeps it longer than the message is looked at.</summary>
    public ReadOnlyMemory<byte> BodyMemory => _buffer.AsMemory(_body);

    public int HeaderCount => _headers.Length;

    /// <summary>
    /// Reads a message. False with <paramref name="message"/> set: it is not to be used, but holds what could be read,
    /// so that it can be answered with <see cref="SipErrors.StatusFor"/>. False without: nothing can be answered.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, bool isStream, out SipMessage? message, out SipError error)
    {
        error = SipParser.Parse(bytes, isStream, out message);
        return error == SipError.None;
    }

    /// <summary>The header line at <paramref name="index"/>, as it stood on the wire.</summary>
    public HeaderLine this[int index]
    {
        get
        {
            HeaderSlot slot = _headers[index];
            return new HeaderLine(slot.Name, _buffer.AsSpan(slot.NameStart, slot.NameLength), _buffer.AsSpan(slot.ValueStart, slot.ValueLength));
        }
    }

    /// <summary>The first line of this name, whole; of a list header it may hold several values.</summary>
    public bool TryGet(HeaderName name, out ReadOnlySpan<byte> value)
    {
        int next = 0;
        return TryNextLine(name, ref next, out value);
    }

    /// <summary>The first line of a header that we have no name for.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly HeaderSlot slot in _headers.AsSpan())
        {
            if (SipGrammar.Same(_buffer.AsSpan(slot.NameStart, slot.NameLength), name))
            {
                value = _buffer.AsSpan(slot.ValueStart, slot.ValueLength);
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>The first line of this name, or nothing.</summary>
    public ReadOnlySpan<byte> Get(HeaderName name) => TryGet(name, out ReadOnlySpan<byte> value) ? value : default;

    public bool Has(HeaderName name) => TryGet(name, out _);

    /// <summary>All values of a list header. Not for headers whose values may hold bare commas (From, Date, WWW-Authenticate…).</summary>
    public HeaderValues Values(HeaderName name) => new(this, name);

    internal bool TryNextLine(HeaderName name, scoped ref int next, out ReadOnlySpan<byte> value)
    {
        while (next < _headers.Length)
        {
            ref readonly HeaderSlot slot = ref _headers[next++];
            if (slot.Name == name)
            {
                value = _buffer.AsSpan(slot.ValueStart, slot.ValueLength);
                return true;
            }
        }
        value = default;
        return false;
    }

    // The headers that everybody asks for. After a successful TryParse those that must be there can be read.

    public Via TopVia
    {
        get
        {
            HeaderValues.Enumerator vias = Values(HeaderName.Via).GetEnumerator();
            return vias.MoveNext() && Via.TryParse(vias.Current, out Via via) ? via : default;
        }
    }

    public NameAddress From => Address(HeaderName.From);

    public NameAddress To => Address(HeaderName.To);

    public ReadOnlySpan<byte> CallId => Get(HeaderName.CallId);

    public CSeq CSeq => CSeq.TryParse(Get(HeaderName.CSeq), out CSeq cseq) ? cseq : default;

    /// <summary>The first Contact; default when there is none or it is <c>*</c>.</summary>
    public NameAddress Contact
    {
        get
        {
            HeaderValues.Enumerator contacts = Values(HeaderName.Contact).GetEnumerator();
            return contacts.MoveNext() && NameAddress.TryParse(contacts.Current, out NameAddress contact) ? contact : default;
        }
    }

    public NameAddress ReferTo => Address(HeaderName.ReferTo);

    public HeaderValues Vias => Values(HeaderName.Via);

    public HeaderValues RecordRoutes => Values(HeaderName.RecordRoute);

    public HeaderValues Require => Values(HeaderName.Require);

    public HeaderValues ProxyRequire => Values(HeaderName.ProxyRequire);

    public HeaderValues Supported => Values(HeaderName.Supported);

    public HeaderValues Reasons => Values(HeaderName.Reason);

    public HeaderValues Warnings => Values(HeaderName.Warning);

    public int? MaxForwards => Number(HeaderName.MaxForwards);

    public int? ContentLength => Number(HeaderName.ContentLength);

    public int? Expires => Number(HeaderName.Expires);

    /// <summary>The media type without its parameters: <c>application/sdp</c>.</summary>
    public ReadOnlySpan<byte> ContentType => WithoutParameters(Get(HeaderName.ContentType));

    /// <summary>The event package without its parameters.</summary>
    public ReadOnlySpan<byte> Event => WithoutParameters(Get(HeaderName.Event));

    public ReadOnlySpan<byte> SubscriptionState => WithoutParameters(Get(HeaderName.SubscriptionState));

    /// <summary>The parameters behind the first word of a header such as Event, Content-Type, Subscription-State.</summary>
    public Parameters ParametersOf(HeaderName name)
    {
        ReadOnlySpan<byte> value = Get(name);
        int semicolon = SipGrammar.IndexOutside(value, (byte)';');
        return new Parameters(semicolon < 0 ? default : value[semicolon..]);
    }

    public bool HasSdp => Body.Length > 0 && SipGrammar.Same(ContentType, "application/sdp"u8);

    /// <summary>Every header line, in order, for people and for the app: names untouched, folds joined.</summary>
    public IReadOnlyList<SipHeader> Headers()
    {
        var headers = new SipHeader[_headers.Length];
        for (int index = 0; index < headers.Length; index++)
        {
            HeaderLine line = this[index];
            headers[index] = new SipHeader(Encoding.UTF8.GetString(line.NameText), Encoding.UTF8.GetString(line.Value));
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(headers);
    }

    private NameAddress Address(HeaderName name) =>
        NameAddress.TryParse(Get(name), out NameAddress address) ? address : default;

    private int? Number(HeaderName name) =>
        SipGrammar.TryNumber(Get(name), int.MaxValue, out uint number) ? (int)number : null;

    private static ReadOnlySpan<byte> WithoutParameters(ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        return semicolon < 0 ? value : value[..semicolon].TrimEnd(SipGrammar.Blank);
    }
}

/// <summary>One header line: its known name, the name as it was written, and its value.</summary>
internal readonly ref struct HeaderLine(HeaderName name, ReadOnlySpan<byte> nameText, ReadOnlySpan<byte> value)
{
    public HeaderName Name { get; } = name;

    public ReadOnlySpan<byte> NameText { get; } = nameText;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Where a header line lies in its message.</summary>
internal readonly record struct HeaderSlot(HeaderName Name, ushort NameStart, ushort NameLength, ushort ValueStart, ushort ValueLength);

/// <summary>Where the parts of a start line lie; <see cref="Status"/> is 0 for a request.</summary>
internal record struct StartLine(Range Line)
{
    public Range Method;
    public Range Uri;
    public Range Version;
    public Range Reason;
    public int Status;
}
