using System.Collections.Immutable;
using Switchhook.Engines.Scripted;

namespace Switchhook.Engines;

/// <summary>The scripts behind the models of a configuration, read once at start.</summary>
public static class ScriptedModels
{
    /// <summary>Reads the file of each model. Everything that is wrong with any of them is told at once; then there are no scripts.</summary>
    /// <param name="files">The path of the script by the name of its model.</param>
    public static (ImmutableDictionary<string, Script> Scripts, IReadOnlyList<string> Errors) Load(IReadOnlyDictionary<string, string> files)
    {
        var scripts = ImmutableDictionary.CreateBuilder<string, Script>(StringComparer.Ordinal);
        var errors = new List<string>();
        foreach ((string model, string path) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            string yaml;
            try
            {
                var file = new FileInfo(path);
                if (file.Exists && file.Length > 4L * Limits.ScriptChars) { errors.Add($"{path}: the script of model \"{model}\" is too large: {file.Length} bytes"); continue; }
                yaml = File.ReadAllText(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                errors.Add($"{path}: the script of model \"{model}\" cannot be read: {exception.Message}");
                continue;
            }
            (Script? script, IReadOnlyList<ScriptError> wrong) = ScriptReader.Read(path, yaml);
            if (script is not null) { scripts[model] = script; }
            errors.AddRange(wrong.Select(error => error.ToString()));
        }
        return (errors.Count == 0 ? scripts.ToImmutable() : ImmutableDictionary<string, Script>.Empty, errors);
    }
}
