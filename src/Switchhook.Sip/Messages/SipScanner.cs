using System.Buffers;

namespace Switchhook.Sip.Messages;

/// <summary>What the scanner found next.</summary>
internal enum ScanStep : byte
{
    /// <summary>A header line: name and value are set.</summary>
    Header,
    /// <summary>A line that is no header line; the scan may go on behind it.</summary>
    BadLine,
    /// <summary>The empty line: the body follows.</summary>
    End,
    /// <summary>The bytes end before the header does.</summary>
    Short,
    /// <summary>A CR or LF of its own; where lines end is anybody's guess from here on.</summary>
    BadLineEnd,
}

/// <summary>
/// Walks the lines of one SIP message (RFC 3261 §7) and makes no garbage: no strings, no copies, offsets only.
/// Lines end with CRLF and with nothing else; white space may stand before the colon, and a line that begins with
/// white space continues the one before (§7.3.1).
/// </summary>
internal ref struct SipScanner(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next line begins; after <see cref="ScanStep.End"/>, where the body begins.</summary>
    public int Position { get; private set; }

    public Range Name { get; private set; }

    /// <summary>The value without the white space around it; it still holds the CRLFs of its folds when <see cref="Folded"/>.</summary>
    public Range Value { get; private set; }

    public bool Folded { get; private set; }

    /// <summary>Skips the empty lines that may stand before a start line (RFC 3261 §7.5) and reads it.</summary>
    public ScanStep StartLine(out Range line)
    {
        while (_bytes[Position..].StartsWith("\r\n"u8)) { Position += 2; }
        int start = Position;
        ScanStep step = LineEnd(out int end);
        line = start..end;
        return step;
    }

    public ScanStep Next()
    {
        int start = Position;
        Folded = false;
        if (start == _bytes.Length) { return ScanStep.Short; }
        ScanStep step = LineEnd(out int end);
        if (step != ScanStep.Header) { return step; }
        if (end == start) { return ScanStep.End; }
        while (Position < _bytes.Length && _bytes[Position] is (byte)' ' or (byte)'\t')
        {
            Folded = true;
            step = LineEnd(out end);
            if (step != ScanStep.Header) { return step; }
        }
        ReadOnlySpan<byte> line = _bytes[start..end];
        int colon = line.IndexOf((byte)':');
        if (colon < 0) { return ScanStep.BadLine; }
        int nameLength = line[..colon].TrimEnd(SipGrammar.Blank).Length;
        if (!SipGrammar.IsToken(line[..nameLength])) { return ScanStep.BadLine; }
        Name = start..(start + nameLength);
        ReadOnlySpan<byte> value = line[(colon + 1)..].TrimStart(" \t\r\n"u8);
        int valueStart = end - value.Length;
        Value = valueStart..(valueStart + value.TrimEnd(" \t\r\n"u8).Length);
        return ScanStep.Header;
    }

    // Moves behind the next CRLF; the line ended at `end`.
    private ScanStep LineEnd(out int end)
    {
        ReadOnlySpan<byte> rest = _bytes[Position..];
        int length = rest.IndexOfAny(SipGrammar.LineEnds);
        end = length < 0 ? _bytes.Length : Position + length;
        if (length < 0 || (rest[length] == '\r' && length + 1 == rest.Length)) { return ScanStep.Short; }
        if (rest[length] == '\n' || rest[length + 1] != '\n') { return ScanStep.BadLineEnd; }
        Position = end + 2;
        return ScanStep.Header;
    }
}
