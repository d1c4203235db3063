using System.Text.Json.Serialization;

namespace Switchhook.Realtime.Conversations;

/// <summary>A part of a message. Items say <c>output_text</c> and <c>output_audio</c> where <c>content_part</c> events say <c>text</c> and <c>audio</c> (§6.3).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(InputTextPart), "input_text")]
[JsonDerivedType(typeof(InputAudioPart), "input_audio")]
[JsonDerivedType(typeof(InputImagePart), "input_image")]
[JsonDerivedType(typeof(OutputTextPart), "output_text")]
[JsonDerivedType(typeof(OutputAudioPart), "output_audio")]
public abstract record ContentPart
{
    private protected ContentPart() { }
}

public sealed record InputTextPart(string Text) : ContentPart;

/// <summary><see cref="Transcript"/> is always written, null while unknown: strict clients fail without it (§7.2). <see cref="Audio"/> only where a client gave it, or asked for it.</summary>
public sealed record InputAudioPart(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Transcript = null) : ContentPart
{
    public ReadOnlyMemory<byte>? Audio { get; init; }
}

public sealed record InputImagePart(string ImageUrl, string? Detail = null) : ContentPart;

public sealed record OutputTextPart(string Text) : ContentPart;

public sealed record OutputAudioPart(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Transcript = null) : ContentPart;
