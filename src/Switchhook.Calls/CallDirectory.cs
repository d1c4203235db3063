#pragma warning disable CA1822 // replaced with the real thing
namespace Switchhook.Calls;

/// <summary>Id → call; admission; the only creator of calls.</summary>
public sealed class CallDirectory
{
    /// <summary>Calls alive.</summary>
    public int Count => 0;

    /// <summary>The living call of this project, or null. A call of another project does not exist.</summary>
    public Call? Find(CallId id, string project) => null;

    /// <summary>The living calls of a project, newest first.</summary>
    public IReadOnlyList<Call> Live(string project) => [];

    /// <summary>No new calls from now on; done when the last one has ended or <paramref name="deadline"/> has passed and the rest was hung up.</summary>
    public Task DrainAsync(TimeSpan deadline) => Task.CompletedTask;
}
