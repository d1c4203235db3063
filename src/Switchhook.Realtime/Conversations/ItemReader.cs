using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Switchhook.Realtime.Reading;

namespace Switchhook.Realtime.Conversations;

/// <summary>An item as a client gives it (realtime-api §5.1). Audio of the assistant is refused: only a server can make it.</summary>
internal static class ItemReader
{
    /// <summary>Null when faulty. Only the <c>input</c> of a response may refer to other items.</summary>
    public static Item? Read(FieldReader f, bool mayRefer)
    {
        string type = f.RequiredText("type");
        string id = f.OptionalText("id") ?? "";
        if (id.Length > Limits.ItemIdChars || (id == "root" && !mayRefer))
        {
            f.Faults.Value(f.At("id"), id, $"It must have at most {Limits.ItemIdChars} characters and not be 'root'.");
        }
        string status = f.OptionalChoice("status", null, "completed", "incomplete", "in_progress") ?? "completed";
        if (f.Faults.First is not null) { return null; }
        Item? item = type switch
        {
            "message" => Message(f),
            "function_call" => new FunctionCallItem(f.RequiredText("name"), f.OptionalText("call_id") ?? "", f.RequiredText("arguments")),
            "function_call_output" => new FunctionCallOutputItem(f.RequiredText("call_id"), f.RequiredText("output")),
            "mcp_list_tools" or "mcp_call" or "mcp_approval_request" or "mcp_approval_response" => McpItemReader.Read(f, type),
            "item_reference" when mayRefer => new ItemReference { Id = f.RequiredText("id") },
            _ => Unsupported(f, type, mayRefer),
        };
        if (f.Faults.First is not null || item is null) { return null; }
        // Nobody would complete what a client left in progress.
        return item with { Id = id, Status = status == "incomplete" ? ItemStatus.Incomplete : ItemStatus.Completed };
    }

    public static bool TryAudio(JsonElement value, string at, Faults faults, [NotNullWhen(true)] out byte[]? audio)
    {
        audio = null;
        if (value.ValueKind != JsonValueKind.String) { faults.Type(at, "a string", FieldReader.Kind(value)); return false; }
        if (value.TryGetBytesFromBase64(out audio)) { return true; }
        faults.Add("invalid_value", $"Invalid value for '{at}': it is not base64.", at);
        return false;
    }

    private static MessageItem Message(FieldReader f)
    {
        string role = f.RequiredText("role");
        if (role is not ("system" or "user" or "assistant") && f.Faults.First is null)
        {
            f.Faults.Value(f.At("role"), role, FieldReader.Supported(["system", "user", "assistant"]));
        }
        if (!f.TryFind("content", out _)) { f.Faults.Missing(f.At("content")); }
        var parts = new List<ContentPart>();
        foreach ((JsonElement value, string at) in f.Elements("content", Limits.ContentParts))
        {
            if (value.ValueKind != JsonValueKind.Object) { f.Faults.Type(at, "an object", FieldReader.Kind(value)); break; }
            if (Part(new FieldReader(value, at, f.Faults), role) is not { } part) { break; }
            parts.Add(part);
        }
        return new MessageItem(role switch { "system" => ItemRole.System, "assistant" => ItemRole.Assistant, _ => ItemRole.User }, parts);
    }

    private static ContentPart? Part(FieldReader f, string role)
    {
        string type = f.RequiredText("type");
        ContentPart? part = (role, type) switch
        {
            ("system" or "user", "input_text") => new InputTextPart(f.RequiredText("text")),
            ("user", "input_audio") => Audio(f),
            ("user", "input_image") => Image(f),
            ("assistant", "output_text") => new OutputTextPart(f.RequiredText("text")),
            _ => null,
        };
        if (part is not null || f.Faults.First is not null) { return f.Faults.First is null ? part : null; }
        f.Faults.Value(f.At("type"), type, role switch
        {
            "user" => FieldReader.Supported(["input_text", "input_audio", "input_image"]),
            "assistant" => "Supported values are: 'output_text'; the assistant's audio cannot be created.",
            _ => FieldReader.Supported(["input_text"]),
        });
        return null;
    }

    private static InputAudioPart Audio(FieldReader f)
    {
        string? transcript = f.OptionalText("transcript");
        if (!f.TryFind("audio", out JsonElement value)) { return new InputAudioPart(transcript); }
        return TryAudio(value, f.At("audio"), f.Faults, out byte[]? audio) ? new InputAudioPart(transcript) { Audio = audio } : new InputAudioPart();
    }

    private static InputImagePart Image(FieldReader f)
    {
        string url = f.RequiredText("image_url");
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            f.Faults.Value(f.At("image_url"), url, "It must begin with 'data:' or 'https:'.");
        }
        return new InputImagePart(url, f.OptionalChoice("detail", null, "auto", "low", "high"));
    }

    private static Item? Unsupported(FieldReader f, string type, bool mayRefer)
    {
        f.Faults.Value(f.At("type"), type, FieldReader.Supported(
        [
            "message", "function_call", "function_call_output", "mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response",
            .. mayRefer ? (ReadOnlySpan<string>)["item_reference"] : [],
        ]));
        return null;
    }
}
