using System.Globalization;
using System.Text;
using System.Xml;

namespace Switchhook.Server.Cli;

internal enum TestOutcome : byte { Passed, Failed, NotReached }

/// <summary>One thing that a test checks: where it stands, how it turned out, and why.</summary>
internal sealed record TestCheck(string Name, TestOutcome Outcome, string Text);

/// <summary>One script that was called. <paramref name="Story"/> is the call as a person reads it; empty when there was none.</summary>
internal sealed record TestResult(string File, TimeSpan Took, IReadOnlyList<TestCheck> Checks, string Story)
{
    public bool Passed => Checks.All(check => check.Outcome != TestOutcome.Failed);

    public string ToText()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{(Passed ? "passed" : "FAILED")}  {File}  ({Took.TotalSeconds:F1} s)\n");
        foreach (TestCheck check in Checks)
        {
            string outcome = check.Outcome switch { TestOutcome.Passed => "ok", TestOutcome.Failed => "FAILED", _ => "not reached" };
            text.Append(CultureInfo.InvariantCulture, $"  {outcome,-11}  {check.Name}{(check.Text.Length > 0 ? ": " : "")}{check.Text}\n");
        }
        return text.ToString();
    }
}

/// <summary>Test results as JUnit XML, which every CI service reads: a suite for a script, a case for a check.</summary>
internal static class TestReport
{
    public static void Write(Stream stream, IReadOnlyList<TestResult> results)
    {
        using XmlWriter xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) });
        xml.WriteStartElement("testsuites");
        foreach (TestResult result in results) { Write(xml, result); }
        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, TestResult result)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", result.File);
        Attribute(xml, "tests", Number(result.Checks.Count));
        Attribute(xml, "failures", Number(result.Checks.Count(check => check.Outcome == TestOutcome.Failed)));
        Attribute(xml, "skipped", Number(result.Checks.Count(check => check.Outcome == TestOutcome.NotReached)));
        Attribute(xml, "time", result.Took.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        foreach (TestCheck check in result.Checks)
        {
            xml.WriteStartElement("testcase");
            Attribute(xml, "classname", result.File);
            Attribute(xml, "name", check.Name);
            if (check.Outcome != TestOutcome.Passed)
            {
                xml.WriteStartElement(check.Outcome == TestOutcome.Failed ? "failure" : "skipped");
                Attribute(xml, "message", check.Text);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        if (!result.Passed && result.Story.Length > 0) { xml.WriteElementString("system-out", Legible(result.Story)); }
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Legible(value));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>XML 1.0 has no way to write most control characters, and what was heard may hold any.</summary>
    private static string Legible(string text)
    {
        StringBuilder legible = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isAllowed = rune.Value is '\t' or '\n' or '\r' or (>= 0x20 and not (0xFFFE or 0xFFFF));
            legible.Append(isAllowed ? rune.ToString() : "?");
        }
        return legible.ToString();
    }
}
