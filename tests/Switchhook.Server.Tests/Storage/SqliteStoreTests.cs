using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Switchhook.Calls;
using Switchhook.Calls.Ports;
using Switchhook.Storage;
using Switchhook.Storage.Sqlite;

namespace Switchhook.Server.Tests.Storage;

/// <summary>The contract on SQLite, and what is SQLite's own: files, versions, and the shell beside it.</summary>
[SuppressMessage("Security", "CA2100", Justification = "The tests' own SQL.")]
public sealed class SqliteStoreTests : CallStoreContract
{
    private protected override Task<IStoreUnderTest> OpenAsync() => Task.FromResult<IStoreUnderTest>(new SqliteUnderTest(NewFolder()));

    private SqliteUnderTest Sqlite => (SqliteUnderTest)Under;

    [Fact]
    public async Task A_person_can_ask_the_file_by_hand_while_the_server_runs()
    {
        await Sqlite.Store.EndedAsync(Complete(Ringing("rtc_a", Noon)), null, Stop);
        Sqlite.Store.Append(Id("rtc_a"), Entry(1, "webhook.attempt", """{"status":500}"""));
        await Sqlite.Store.EndedAsync(Ringing("rtc_b", Noon), Webhook("wh_b", "rtc_b", Noon), Stop);

        Assert.Equal("caller hung_up 31.0", ByHand("""
            SELECT ended_by || ' ' || ended_because || ' ' || round((julianday(ended_at) - julianday(created_at)) * 86400, 1)
            FROM calls WHERE state = 'ended'
            """));
        Assert.Equal("500", ByHand("SELECT json_extract(data, '$.status') FROM timeline WHERE call_id = 'rtc_a'"));
        Assert.Equal("durable text", ByHand("SELECT lane || ' ' || typeof(body) FROM outbox"));
        Assert.Equal("wal", ByHand("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_batch_the_disk_refuses_is_an_error_for_those_who_wait_and_the_next_one_is_written()
    {
        ByHand("CREATE TRIGGER full BEFORE INSERT ON calls WHEN NEW.id = 'rtc_bad' BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");

        StoreException error = await Assert.ThrowsAsync<StoreException>(() => Sqlite.Store.BornAsync(Ringing("rtc_bad", Noon), Webhook("wh_bad", "rtc_bad", Noon), Stop));

        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.Equal((1L, 1), (Sqlite.Store.RowsLost, Sqlite.Failures.Count));
        await Sqlite.Store.BornAsync(Ringing("rtc_good", Noon), null, Stop);
        Assert.Null(await Sqlite.Store.FindAsync(Id("rtc_bad"), Stop));
        Assert.NotNull(await Sqlite.Store.FindAsync(Id("rtc_good"), Stop));
        Assert.Null(await Sqlite.Store.NextDueAsync(Stop));
    }

    [Fact]
    public async Task Webhooks_of_phones_that_ring_no_longer_are_gone_after_a_restart()
    {
        await Sqlite.Store.BornAsync(Ringing("rtc_a", Noon), Webhook("wh_ring", "rtc_a", Noon) with { Lane = OutboxLane.Ringing }, Stop);
        await Sqlite.Store.EndedAsync(Ringing("rtc_b", Noon), Webhook("wh_end", "rtc_b", Noon), Stop);
        await Sqlite.Store.CloseAbandonedAsync(Noon, Stop);
        Assert.Equal("wh_end", ByHand("SELECT group_concat(id) FROM outbox"));
    }

    [Fact]
    public async Task A_reader_beside_the_server_sees_the_calls_and_cannot_write()
    {
        await Sqlite.Store.BornAsync(Ringing("rtc_a", Noon), null, Stop);

        await using SqliteStore beside = SqliteStore.OpenToRead(Sqlite.Path);

        Assert.NotNull(await beside.FindAsync(Id("rtc_a"), Stop));
        Assert.Throws<StoreException>(() => beside.Append(Id("rtc_a"), Entry(1, "x", "")));
    }

    [Fact]
    public async Task A_reader_needs_no_server()
    {
        await Sqlite.Store.BornAsync(Ringing("rtc_a", Noon), null, Stop);
        await Sqlite.Store.DisposeAsync();

        await using SqliteStore alone = SqliteStore.OpenToRead(Sqlite.Path);

        Assert.NotNull(await alone.FindAsync(Id("rtc_a"), Stop));
    }

    [Fact]
    public void A_second_server_is_refused_because_it_would_end_the_calls_of_the_first()
    {
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(Sqlite.Path, _ => { }));
        Assert.Contains($"{Sqlite.Path} is held by another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_database_is_refused_and_left_as_it_is()
    {
        await Sqlite.Store.DisposeAsync();
        ByHand("PRAGMA user_version = 99");

        foreach (Func<SqliteStore> open in (Func<SqliteStore>[])[() => SqliteStore.Open(Sqlite.Path, _ => { }), () => SqliteStore.OpenToRead(Sqlite.Path)])
        {
            StoreException error = Assert.Throws<StoreException>(open);
            Assert.Contains($"{Sqlite.Path} was written by a newer Switchhook: it is of version 99, and this one knows versions up to {Migrator.BuiltIn.Version}", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal("99", ByHand("PRAGMA user_version"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_by_its_path()
    {
        string path = Path.Combine(NewFolder(), "notes.txt");
        File.WriteAllText(path, new string('x', 5_000));
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(path, _ => { }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("xxxx", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_named()
    {
        string file = Path.Combine(NewFolder(), "file");
        File.WriteAllText(file, "");
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(Path.Combine(file, "deeper", "switchhook.db"), _ => { }));
        Assert.Contains(Path.Combine(file, "deeper", "switchhook.db"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_to_look_at_must_be_there()
    {
        string path = Path.Combine(NewFolder(), "absent.db");
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.OpenToRead(path));
        Assert.Equal($"There is no database {path}.", error.Message);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("postgres://db/switchhook", "\"postgres://db/switchhook\" is no store: \"sqlite:PATH\" is supported")]
    [InlineData("data/switchhook.db", "\"sqlite:PATH\" is supported, such as \"sqlite:data/switchhook.db\"")]
    [InlineData("", "\"\" is no store")]
    [InlineData("sqlite:", "names no file")]
    [InlineData("sqlite::memory:", "names no file")]
    [InlineData("sqlite:data/", "names no file")]
    public void A_setting_that_names_no_store_says_what_would(string setting, string says) =>
        Assert.Contains(says, Assert.Throws<StoreException>(() => StoreSetting.Path(setting)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_setting_names_a_file_from_where_the_server_was_started()
    {
        Assert.Equal(Path.GetFullPath("data/switchhook.db"), StoreSetting.Path("sqlite:data/switchhook.db"));
        Assert.Equal("/var/lib/switchhook.db", StoreSetting.Path("sqlite:/var/lib/switchhook.db"));
    }

    private string ByHand(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Sqlite.Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("switchhook-store-").FullName;

    private sealed class SqliteUnderTest : IStoreUnderTest
    {
        private readonly string _folder;

        public SqliteUnderTest(string folder)
        {
            _folder = folder;
            // One directory deeper than what is there: the store makes it.
            Path = System.IO.Path.Combine(folder, "data", "switchhook.db");
            Store = SqliteStore.Open(Path, Failures.Add);
        }

        public string Path { get; }

        public SqliteStore Store { get; }

        public List<StoreException> Failures { get; } = [];

        public ICallStore Calls => Store;

        public IOutbox Outbox => Store;

        /// <summary>The files as they lie there now, with nothing closed and nothing checkpointed, are what a killed process leaves.</summary>
        public Task<IStoreUnderTest> CrashAsync()
        {
            string folder = NewFolder();
            Directory.CreateDirectory(System.IO.Path.Combine(folder, "data"));
            foreach (string file in (string[])["switchhook.db", "switchhook.db-wal"])
            {
                File.Copy(System.IO.Path.Combine(_folder, "data", file), System.IO.Path.Combine(folder, "data", file));
            }
            return Task.FromResult<IStoreUnderTest>(new SqliteUnderTest(folder));
        }

        public async Task<IStoreUnderTest> CloseAndReopenAsync()
        {
            await Store.DisposeAsync();
            return new SqliteUnderTest(_folder);
        }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            if (Directory.Exists(_folder)) { Directory.Delete(_folder, recursive: true); }
        }
    }
}
