using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Switchhook.House.Tests;

/// <summary>Imports go down only; neighbours on a floor are strangers; what must not pass a wall does not.</summary>
public sealed class FloorLaws
{
    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void A_room_references_what_the_plan_says_and_nothing_else(string room)
    {
        string[] references = [.. House.ProjectOf(room).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order()];
        Assert.Equal(House.Rooms[room].References.Order(), references);
        Assert.All(references, reference => Assert.True(House.Rooms[reference].Floor < House.Rooms[room].Floor, $"{room} imports {reference}, which is not below it"));
    }

    [Fact]
    public void Every_project_in_src_is_a_room_of_the_plan()
    {
        string[] projects = [.. Directory.EnumerateDirectories(Path.Combine(House.Root, "src")).Select(folder => Path.GetFileName(folder)!).Order()];
        Assert.Equal(House.Rooms.Keys.Order(), projects);
    }

    [Theory]
    [MemberData(nameof(House.Kernels), MemberType = typeof(House))]
    public void A_kernel_references_no_package(string room) =>
        Assert.Empty(House.ProjectOf(room).Descendants("PackageReference").Select(Name));

    [Theory]
    [MemberData(nameof(House.Kernels), MemberType = typeof(House))]
    public void A_kernel_bans_sockets_clocks_tasks_and_dice(string room)
    {
        string banned = File.ReadAllText(Path.Combine(House.FolderOf(room), "BannedSymbols.txt"));
        foreach (string symbol in (string[])["N:System.Net.Sockets;", "T:System.TimeProvider;", "P:System.DateTime.UtcNow;", "N:System.Threading.Tasks;", "P:System.Random.Shared;", "T:System.Diagnostics.Stopwatch;"])
        {
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
        }
    }

    // Neighbours could also meet through a floor below by full name: no kernel may even mention another.
    [Theory]
    [InlineData("Switchhook.Sip", "Switchhook.Media", "Switchhook.Realtime")]
    [InlineData("Switchhook.Media", "Switchhook.Sip", "Switchhook.Realtime")]
    [InlineData("Switchhook.Realtime", "Switchhook.Sip", "Switchhook.Media")]
    [InlineData("Switchhook.Transport", "Switchhook.Engines", "Switchhook.Storage", "Switchhook.Realtime")]
    [InlineData("Switchhook.Engines", "Switchhook.Transport", "Switchhook.Storage", "Switchhook.Sip")]
    [InlineData("Switchhook.Storage", "Switchhook.Transport", "Switchhook.Engines", "Switchhook.Realtime")]
    public void Neighbours_are_strangers(string room, params string[] strangers)
    {
        foreach (string path in House.Sources(House.FolderOf(room)))
        {
            string text = File.ReadAllText(path);
            Assert.All(strangers, stranger => Assert.DoesNotContain("using " + stranger, text, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Switchhook.Transport")]
    [InlineData("Switchhook.Engines")]
    [InlineData("Switchhook.Storage")]
    public void The_rim_sees_of_the_calls_only_their_ports(string room)
    {
        foreach (string path in House.Sources(House.FolderOf(room)))
        {
            foreach (Match import in Regex.Matches(File.ReadAllText(path), @"^using (Switchhook\.Calls[\w.]*)", RegexOptions.Multiline))
            {
                Assert.True(import.Groups[1].Value == "Switchhook.Calls.Ports", $"{House.Relative(path)} imports {import.Groups[1].Value}");
            }
        }
    }

    [Fact]
    public void Package_versions_stand_in_one_place_and_are_pinned()
    {
        XDocument central = XDocument.Load(Path.Combine(House.Root, "Directory.Packages.props"));
        Assert.All(central.Descendants("PackageVersion"), version => Assert.Matches(@"^\d+(\.\d+)+$", version.Attribute("Version")!.Value));
        foreach (string project in Directory.EnumerateFiles(House.Root, "*.csproj", SearchOption.AllDirectories))
        {
            Assert.All(XDocument.Load(project).Descendants("PackageReference"), reference => Assert.Null(reference.Attribute("Version")));
        }
    }

    private static string Name(XElement reference) => reference.Attribute("Include")!.Value;
}
