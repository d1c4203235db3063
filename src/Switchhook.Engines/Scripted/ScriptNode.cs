using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Switchhook.Engines.Scripted;

internal enum ScriptNodeKind : byte { Text, List, Map }

/// <summary>A place in a script file, counted from one as editors do.</summary>
public readonly record struct ScriptPlace(int Line, int Column);

/// <summary>
/// A YAML document as lists, maps and texts that know where they stand. Only what a script needs: one document, no
/// anchors, aliases or tags, so that no file becomes larger in memory than it is on disk.
/// </summary>
internal sealed record ScriptNode(ScriptNodeKind Kind, ScriptPlace Place)
{
    public string Text { get; init; } = "";

    /// <summary>Written without quotes: <c>7</c> is a number and <c>true</c> a truth value.</summary>
    public bool IsPlain { get; init; }

    public List<ScriptNode> Items { get; } = [];

    public List<(ScriptNode Key, ScriptNode Value)> Members { get; } = [];

    /// <summary>What was found, for an error.</summary>
    public string Found => Kind switch
    {
        ScriptNodeKind.List => "a list",
        ScriptNodeKind.Map => "a mapping",
        _ when IsPlain && Text is "" or "~" or "null" => "nothing",
        _ => $"\"{(Text.Length > 40 ? Text[..40] + "…" : Text)}\"",
    };

    public ScriptNode? Find(string key)
    {
        foreach ((ScriptNode name, ScriptNode value) in Members)
        {
            if (name.Text == key) { return value; }
        }
        return null;
    }

    /// <summary>Reads the one document of a file; what is no YAML, or too much of it, becomes an error and null.</summary>
    public static ScriptNode? Read(string yaml, Action<ScriptPlace, string> error)
    {
        var parser = new Parser(new StringReader(yaml));
        try { return new Reader(parser, error).Document(); }
        catch (YamlException exception)
        {
            error(PlaceOf(exception.Start), $"not YAML: {exception.InnerException?.Message ?? exception.Message}");
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // What the scanner throws at some damaged files instead; the place is the last one it understood.
            error(parser.Current is { } last ? PlaceOf(last.End) : new ScriptPlace(1, 1), "not YAML from here on");
            return null;
        }
    }

    private static ScriptPlace PlaceOf(Mark mark) => new((int)mark.Line, (int)mark.Column);

    private sealed class Reader(Parser parser, Action<ScriptPlace, string> error)
    {
        private int _nodes;

        public ScriptNode? Document()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                error(new ScriptPlace(1, 1), "the file is empty");
                return null;
            }
            parser.Consume<DocumentStart>();
            ScriptNode? root = Node(0);
            if (root is null) { return null; }
            parser.Consume<DocumentEnd>();
            if (parser.Accept<StreamEnd>(out _)) { return root; }
            error(PlaceOf(parser.Current!.Start), "a second document; a script is one");
            return null;
        }

        private ScriptNode? Node(int depth)
        {
            ParsingEvent at = parser.Current!;
            ScriptPlace place = PlaceOf(at.Start);
            if (depth > Limits.ScriptDepth) { return Refuse(place, $"nested deeper than {Limits.ScriptDepth} levels"); }
            if (++_nodes > Limits.ScriptNodes) { return Refuse(place, $"more than {Limits.ScriptNodes} values"); }
            if (at is AnchorAlias) { return Refuse(place, "aliases (*name) are not supported; use flows and goto"); }
            if (at is NodeEvent { Anchor.IsEmpty: false }) { return Refuse(place, "anchors (&name) are not supported; use flows and goto"); }
            if (at is NodeEvent { Tag.IsEmpty: false }) { return Refuse(place, "tags (!name) are not supported"); }
            return at switch
            {
                Scalar => Text(place),
                SequenceStart => List(place, depth),
                MappingStart => Map(place, depth),
                _ => Refuse(place, "expected a value"),
            };
        }

        private ScriptNode Text(ScriptPlace place)
        {
            Scalar scalar = parser.Consume<Scalar>();
            return new ScriptNode(ScriptNodeKind.Text, place) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
        }

        private ScriptNode? List(ScriptPlace place, int depth)
        {
            var list = new ScriptNode(ScriptNodeKind.List, place);
            parser.Consume<SequenceStart>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                if (Node(depth + 1) is not { } item) { return null; }
                list.Items.Add(item);
            }
            return list;
        }

        private ScriptNode? Map(ScriptPlace place, int depth)
        {
            var map = new ScriptNode(ScriptNodeKind.Map, place);
            parser.Consume<MappingStart>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (Node(depth + 1) is not { } key) { return null; }
                if (key.Kind != ScriptNodeKind.Text) { return Refuse(key.Place, $"expected a key, found {key.Found}"); }
                if (map.Find(key.Text) is not null) { return Refuse(key.Place, $"the key \"{key.Text}\" is there twice"); }
                if (Node(depth + 1) is not { } value) { return null; }
                map.Members.Add((key, value));
            }
            return map;
        }

        private ScriptNode? Refuse(ScriptPlace place, string why)
        {
            error(place, why);
            return null;
        }
    }
}
