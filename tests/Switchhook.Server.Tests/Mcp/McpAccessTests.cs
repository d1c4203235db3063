using System.Net;
using Switchhook.Engines.Mcp;
using Switchhook.Simulation;

namespace Switchhook.Server.Tests.Mcp;

/// <summary>Which places an entry of <c>projects[].mcp.allow</c> means, and which addresses are public.</summary>
public sealed class McpAccessTests
{
    public static TheoryData<string, string, bool> Places => [.. Table.Rows("""
        entry                        | url                                | covers
        https://tools.example.com    | https://tools.example.com/mcp      | yes
        https://tools.example.com/   | https://TOOLS.example.com:443/mcp  | yes
        https://tools.example.com    | https://tools.example.com:8443/    | no
        https://tools.example.com    | http://tools.example.com/          | no
        https://tools.example.com    | https://tools.example.com.evil/    | no
        https://tools.example.com    | https://xtools.example.com/        | no
        https://*.example.com        | https://a.b.example.com/           | yes
        https://*.example.com        | https://example.com/               | no
        https://*.example.com        | https://evilexample.com/           | no
        https://*                    | https://anything/                  | yes
        https://*                    | https://anything:444/              | no
        https://*:*                  | https://anything:444/              | yes
        http://127.0.0.1:3000        | http://127.0.0.1:3000/             | yes
        http://127.0.0.1:*           | http://127.0.0.1:1/                | yes
        http://127.0.0.1:*           | http://127.1:1/                    | yes
        http://127.0.0.1:*           | http://127.0.0.1.example.com:1/    | no
        http://[::1]:3000            | http://[::1]:3000/                 | yes
        http://[::1]                 | http://[::1]/                      | yes
        HTTP://localhost:80          | http://localhost/                  | yes
        """).Select(row => (row[0], row[1], row[2] == "yes"))];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_place_is_a_scheme_a_host_and_a_port(string entry, string url, bool covers)
    {
        Assert.True(McpOrigin.TryParse(entry, out McpOrigin? origin));
        Assert.Equal(covers, origin.Covers(new Uri(url)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("tools.example.com")]
    [InlineData("ftp://tools.example.com")]
    [InlineData("https://")]
    [InlineData("https://a b")]
    [InlineData("https://a/b")]
    [InlineData("https://a?b")]
    [InlineData("https://me@a")]
    [InlineData("https://a:")]
    [InlineData("https://a:0")]
    [InlineData("https://a:65536")]
    [InlineData("https://a:b")]
    [InlineData("https://a.*")]
    [InlineData("https://*a")]
    [InlineData("https://*.")]
    public void What_is_no_place_is_refused(string entry) => Assert.False(McpOrigin.TryParse(entry, out _));

    public static TheoryData<string, bool> Addresses => [.. Table.Rows("""
        address              | public
        93.184.216.34        | yes
        8.8.8.8              | yes
        2606:2800:220:1::1   | yes
        127.0.0.1            | no
        0.0.0.0              | no
        10.1.2.3             | no
        172.16.0.1           | no
        172.31.255.255       | no
        172.32.0.1           | yes
        192.168.1.1          | no
        169.254.169.254      | no
        100.64.0.1           | no
        224.0.0.1            | no
        255.255.255.255      | no
        ::                   | no
        ::1                  | no
        ::ffff:10.0.0.1      | no
        ::ffff:8.8.8.8       | yes
        fe80::1              | no
        fd00::1              | no
        ff02::1              | no
        64:ff9b::a00:1       | no
        2002:a00:1::1        | no
        2001:0:a00:1::1      | no
        2001:4860:4860::8888 | yes
        """).Select(row => (row[0], row[1] == "yes"))];

    [Theory]
    [MemberData(nameof(Addresses))]
    public void An_address_is_public_when_everybody_can_reach_it(string address, bool isPublic) => Assert.Equal(isPublic, McpAccess.IsPublic(IPAddress.Parse(address)));
}
