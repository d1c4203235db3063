using System.Buffers.Binary;

namespace Switchhook.Media.Dtmf;

/// <summary>One event block of RFC 4733 §2.3: a key, whether it was let go, and for how long it has been down.</summary>
internal readonly record struct TelephoneEvent(byte Code, bool IsEnd, byte Volume, ushort Duration)
{
    public const int Bytes = 4;

    /// <summary>The key, or null for the other events of the registry (flash, fax tones), which we do not tell.</summary>
    public char? Key => Code < Keypad.Keys.Length ? Keypad.Keys[Code] : null;

    public static bool TryFindCode(char key, out byte code)
    {
        int index = Keypad.Keys.IndexOf(char.ToUpperInvariant(key), StringComparison.Ordinal);
        code = (byte)Math.Max(0, index);
        return index >= 0;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out TelephoneEvent telephoneEvent)
    {
        bool has = bytes.Length >= Bytes;
        telephoneEvent = has
            ? new TelephoneEvent(bytes[0], (bytes[1] & 0x80) != 0, (byte)(bytes[1] & 0x3F), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))
            : default;
        return has;
    }

    public void Write(Span<byte> bytes)
    {
        bytes[0] = Code;
        bytes[1] = (byte)(Volume | (IsEnd ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], Duration);
    }
}
