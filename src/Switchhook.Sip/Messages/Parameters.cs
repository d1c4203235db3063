namespace Switchhook.Sip.Messages;

/// <summary>
/// Parameters separated by semicolons (RFC 3261 §7.3.1) over the bytes they stand in: <c>;lr;tag=1;q=0.7</c>.
/// Names are case-insensitive. Where a name stands twice the first one counts, and empty parameters are passed over:
/// both are illegal, both are sent, and neither changes what is meant.
/// </summary>
public readonly ref struct Parameters(ReadOnlySpan<byte> text)
{
    /// <summary>The parameters as they came, without the first semicolon or with it.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    public bool Has(ReadOnlySpan<byte> name) => TryGet(name, out _);

    /// <summary>The value as it came, quotes included; empty for a parameter without a value.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (Parameter parameter in this)
        {
            if (SipGrammar.Same(parameter.Name, name))
            {
                value = parameter.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    public bool TryGetNumber(ReadOnlySpan<byte> name, out uint number)
    {
        number = 0;
        return TryGet(name, out ReadOnlySpan<byte> value) && SipGrammar.TryNumber(value, uint.MaxValue, out number);
    }

    public Enumerator GetEnumerator() => new(Text);

    public ref struct Enumerator(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public Parameter Current { get; private set; }

        public bool MoveNext()
        {
            while (_rest.Length > 0)
            {
                int end = SipGrammar.IndexOutside(_rest, (byte)';');
                ReadOnlySpan<byte> one = SipGrammar.Trim(end < 0 ? _rest : _rest[..end]);
                _rest = end < 0 ? default : _rest[(end + 1)..];
                if (one.Length == 0) { continue; }
                int equals = one.IndexOf((byte)'=');
                Current = equals < 0
                    ? new Parameter(one, default)
                    : new Parameter(one[..equals].TrimEnd(SipGrammar.Blank), one[(equals + 1)..].TrimStart(SipGrammar.Blank));
                return true;
            }
            return false;
        }
    }
}

public readonly ref struct Parameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;
}
