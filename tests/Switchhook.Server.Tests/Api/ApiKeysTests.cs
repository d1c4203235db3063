using Microsoft.AspNetCore.Http;
using Switchhook.Server.Api;
using Switchhook.Server.Options;
using Switchhook.Server.Tests.Options;

namespace Switchhook.Server.Tests.Api;

public sealed class ApiKeysTests
{
    [Theory]
    [InlineData("sk-first", "proj_a")]
    [InlineData("sk-second", "proj_a")]
    [InlineData("sk-hashed", "proj_b")]
    [InlineData("sk-firs", null)]
    [InlineData("sk-first ", null)]
    [InlineData("SK-FIRST", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("sha256:9c8d", null)]
    public void A_key_names_its_project_or_none(string? key, string? project)
    {
        using OptionsFolder folder = new();
        string hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("sk-hashed"u8));
        ServerOptions options = folder.Read($$"""
            {
              "projects": [ { "id": "proj_a", "api_keys": ["sk-first", "sk-second"] }, { "id": "proj_b", "api_keys": ["sha256:{{hash}}"] } ],
              "models": { "greeter": { "engine": "scripted", "script": "flow.yaml" } }
            }
            """);
        Assert.Equal(project, new ApiKeys(options.Projects).Find(key)?.Id);
        Assert.Null(new ApiKeys(options.Projects).Find("sha256:" + hash));
    }

    [Theory]
    [InlineData("Authorization", "Bearer sk-1", "sk-1")]
    [InlineData("Authorization", "bearer sk-1", "sk-1")]
    [InlineData("Authorization", "Basic c2s6MQ==", null)]
    [InlineData("Authorization", "Bearer", null)]
    [InlineData("api-key", "sk-1", "sk-1")]
    [InlineData("X-Other", "sk-1", null)]
    public void A_key_comes_as_bearer_or_as_azures_header(string header, string value, string? key)
    {
        DefaultHttpContext http = new();
        http.Request.Headers[header] = value;
        Assert.Equal(key, ApiKeys.Of(http.Request));
    }
}
