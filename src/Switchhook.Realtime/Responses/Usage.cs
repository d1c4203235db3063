namespace Switchhook.Realtime.Responses;

/// <summary>What a response cost (realtime-api §6.3).</summary>
public sealed record Usage(int TotalTokens, int InputTokens, int OutputTokens, InputTokenDetails InputTokenDetails, OutputTokenDetails OutputTokenDetails)
{
    public static Usage Of(int inputText, int inputAudio, int outputText, int outputAudio)
    {
        int input = inputText + inputAudio, output = outputText + outputAudio;
        return new Usage(
            input + output, input, output,
            new InputTokenDetails(inputText, inputAudio, 0, 0, new CachedTokenDetails(0, 0, 0)),
            new OutputTokenDetails(outputText, outputAudio));
    }
}

public sealed record InputTokenDetails(int TextTokens, int AudioTokens, int ImageTokens, int CachedTokens, CachedTokenDetails CachedTokensDetails);

public sealed record CachedTokenDetails(int TextTokens, int AudioTokens, int ImageTokens);

public sealed record OutputTokenDetails(int TextTokens, int AudioTokens);
