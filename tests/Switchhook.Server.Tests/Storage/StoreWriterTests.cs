using Switchhook.Calls.Ports;
using Switchhook.Storage;

namespace Switchhook.Server.Tests.Storage;

public sealed class StoreWriterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static StoreWrite Row(int number) => new StoreWrite.Delivered($"{number}");

    [Fact]
    public async Task What_waits_while_the_disk_is_busy_becomes_one_batch_in_order()
    {
        var disk = new Disk();
        await using var writer = new StoreWriter(100, disk.Commit, _ => { });
        Task first = writer.WriteAsync(Row(0), Stop);
        await disk.IsBusy.WaitAsync(Stop);

        for (int number = 1; number <= 50; number++) { Assert.True(writer.TryQueue(Row(number))); }
        Task last = writer.WriteAsync(Row(51), Stop);
        Assert.False(first.IsCompleted);
        disk.Proceed.Release(2);
        await Task.WhenAll(first, last);

        Assert.Equal([1, 51], disk.Batches.Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(0, 52).Select(Row), disk.Batches.SelectMany(batch => batch));
        Assert.Equal(52, writer.RowsWritten);
    }

    [Fact]
    public async Task The_disk_is_told_whether_anybody_waits()
    {
        var disk = new Disk();
        await using var writer = new StoreWriter(100, disk.Commit, _ => { });
        Assert.True(writer.TryQueue(Row(0)));
        await disk.IsBusy.WaitAsync(Stop);
        disk.Proceed.Release(2);
        await writer.WriteAsync(Row(1), Stop);

        Assert.Equal([false, true], disk.Durable);
    }

    [Fact]
    public async Task A_full_queue_refuses_a_birth_counts_an_entry_and_makes_an_end_wait()
    {
        var disk = new Disk();
        await using var writer = new StoreWriter(2, disk.Commit, _ => { });
        Assert.True(writer.TryQueue(Row(0)));
        await disk.IsBusy.WaitAsync(Stop);
        Assert.True(writer.TryQueue(Row(1)));
        Assert.True(writer.TryQueue(Row(2)));

        Assert.False(writer.TryQueue(Row(3)));
        StoreException full = await Assert.ThrowsAsync<StoreException>(() => writer.WriteNowAsync(Row(4), Stop));
        Task end = writer.WriteAsync(Row(5), Stop);
        Assert.Equal("2 rows are waiting for the disk: the store takes no new ones.", full.Message);
        Assert.Equal((false, 1L), (end.IsCompleted, writer.RowsLost));

        disk.Proceed.Release(10);
        await end;
        Assert.Equal([Row(0), Row(1), Row(2), Row(5)], disk.Batches.SelectMany(batch => batch));
    }

    // Only entries may be large; the place of what is written is free again.
    [Fact]
    public async Task Entries_that_wait_are_bounded_in_bytes_too()
    {
        static StoreWrite Entry(int bytes) => new StoreWrite.Entry(default, new TimelineEntry(1, default, Plane.Call, "test.line", "", new byte[bytes]));
        var disk = new Disk();
        await using var writer = new StoreWriter(100, disk.Commit, _ => { }, bytesMax: 1_000);
        Assert.True(writer.TryQueue(Entry(600)));
        await disk.IsBusy.WaitAsync(Stop);

        Assert.False(writer.TryQueue(Entry(401)));
        Assert.True(writer.TryQueue(Entry(400)));
        Assert.False(writer.TryQueue(Entry(1)));
        Assert.True(writer.TryQueue(Row(1)));
        Assert.Equal(2, writer.RowsLost);

        disk.Proceed.Release(10);
        await writer.WriteAsync(Row(2), Stop);
        await writer.WriteAsync(Row(3), Stop);      // a batch later: all that was before it is gone
        Assert.True(writer.TryQueue(Entry(1_000)));
    }

    [Fact]
    public async Task A_disk_that_fails_is_told_to_those_who_wait_and_counted_and_the_writer_goes_on()
    {
        var disk = new Disk();
        var told = new List<StoreException>();
        await using var writer = new StoreWriter(100, disk.Commit, told.Add);
        disk.Proceed.Release(10);
        disk.Fault = new IOException("disk I/O error");

        StoreException error = await Assert.ThrowsAsync<StoreException>(() => writer.WriteAsync(Row(0), Stop));
        await Assert.ThrowsAsync<StoreException>(() => writer.WriteNowAsync(Row(1), Stop));
        disk.Fault = null;
        await writer.WriteAsync(Row(2), Stop);

        Assert.Equal("1 rows could not be written: disk I/O error", error.Message);
        Assert.Equal((2, 2L, 1L), (told.Count, writer.RowsLost, writer.RowsWritten));
    }

    [Fact]
    public async Task Who_stops_waiting_does_not_stop_the_write()
    {
        var disk = new Disk();
        await using var writer = new StoreWriter(100, disk.Commit, _ => { });
        using var patience = new CancellationTokenSource();
        Task write = writer.WriteAsync(Row(0), patience.Token);
        await disk.IsBusy.WaitAsync(Stop);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        disk.Proceed.Release();
        await writer.DisposeAsync();

        Assert.Equal([Row(0)], disk.Batches.SelectMany(batch => batch));
    }

    /// <summary>A disk that writes when it is told to.</summary>
    private sealed class Disk
    {
        public SemaphoreSlim IsBusy { get; } = new(0);
        public SemaphoreSlim Proceed { get; } = new(0);
        public List<IReadOnlyList<StoreWrite>> Batches { get; } = [];
        public List<bool> Durable { get; } = [];
        public Exception? Fault { get; set; }

        public void Commit(IReadOnlyList<StoreWrite> batch, bool durable)
        {
            IsBusy.Release();
            Proceed.Wait();
            if (Fault is not null) { throw Fault; }
            Batches.Add(batch);
            Durable.Add(durable);
        }
    }
}
