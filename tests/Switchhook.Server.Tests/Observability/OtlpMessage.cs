using System.Buffers.Binary;
using System.Text;

namespace Switchhook.Server.Tests.Observability;

/// <summary>
/// A protobuf message without its schema: fields by number, as in opentelemetry-proto. Written from the encoding's description,
/// so that what the exporter writes is read by somebody else.
/// </summary>
internal sealed class OtlpMessage
{
    private readonly List<(int Number, ulong Value, byte[]? Bytes)> _fields = [];

    public OtlpMessage(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            ulong key = Varint(bytes, ref at), value = 0;
            byte[]? inner = null;
            switch (key & 7)
            {
                case 0: value = Varint(bytes, ref at); break;
                case 1: value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)); at += 8; break;
                case 2:
                    int length = (int)Varint(bytes, ref at);
                    inner = bytes[at..(at + length)];
                    at += length;
                    break;
                case 5: value = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)); at += 4; break;
                default: throw new InvalidDataException($"wire type {key & 7} at byte {at}");
            }
            _fields.Add(((int)(key >> 3), value, inner));
        }
    }

    public IEnumerable<OtlpMessage> All(int number) => _fields.Where(field => field.Number == number).Select(field => new OtlpMessage(field.Bytes!));

    public string Text(int number) => Encoding.UTF8.GetString(_fields.Single(field => field.Number == number).Bytes!);

    /// <summary>0 when it is not there, as protobuf means it.</summary>
    public ulong Number(int number) => _fields.SingleOrDefault(field => field.Number == number).Value;

    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    /// <summary>KeyValue {key = 1, value = 2 {string_value = 1}}: those that are texts.</summary>
    public Dictionary<string, string> Attributes(int number) =>
        All(number).Where(pair => pair.All(2).Single().Has(1)).ToDictionary(pair => pair.Text(1), pair => pair.All(2).Single().Text(1));

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) { return value; }
        }
    }
}
