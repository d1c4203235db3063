namespace Switchhook.Sip.Messages;

/// <summary>
/// The members of a list header (RFC 3261 §7.3.1), in order, whether they share a line or not. Commas inside quotes
/// and angle brackets separate nothing; empty members are passed over.
/// </summary>
internal readonly ref struct HeaderValues(SipMessage message, HeaderName name)
{
    public Enumerator GetEnumerator() => new(message, name);

    public bool Any() => GetEnumerator().MoveNext();

    public int Count()
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> _ in this) { count++; }
        return count;
    }

    /// <summary>Whether a member equals the token, whatever its case and its parameters.</summary>
    public bool Contains(ReadOnlySpan<byte> token)
    {
        foreach (ReadOnlySpan<byte> value in this)
        {
            int semicolon = value.IndexOf((byte)';');
            if (SipGrammar.Same(semicolon < 0 ? value : value[..semicolon].TrimEnd(SipGrammar.Blank), token)) { return true; }
        }
        return false;
    }

    public ref struct Enumerator(SipMessage message, HeaderName name)
    {
        private int _next;
        private ReadOnlySpan<byte> _rest;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            while (true)
            {
                while (_rest.Length > 0)
                {
                    int comma = SipGrammar.IndexOutside(_rest, (byte)',');
                    Current = SipGrammar.Trim(comma < 0 ? _rest : _rest[..comma]);
                    _rest = comma < 0 ? default : _rest[(comma + 1)..];
                    if (Current.Length > 0) { return true; }
                }
                if (!message.TryNextLine(name, ref _next, out _rest)) { return false; }
            }
        }
    }
}
