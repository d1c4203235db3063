namespace Switchhook.Server.Cli;

/// <summary>What the process says at its end; the numbers are documented and do not change.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>What was asked could not be done: no such call, the server does not answer.</summary>
    public const int Failed = 1;

    /// <summary>The configuration or the command line is wrong. Nothing was bound.</summary>
    public const int Configuration = 2;

    /// <summary>A port, a file or a database could not be opened.</summary>
    public const int CannotStart = 3;
}
