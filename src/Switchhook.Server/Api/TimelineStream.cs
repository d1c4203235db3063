using System.Globalization;
using System.Text;
using Switchhook.Calls.Ports;
using Switchhook.Calls.Timeline;

namespace Switchhook.Server.Api;

/// <summary>
/// A history as server-sent events: <c>id</c> is the sequence, <c>event</c> the kind, <c>data</c> the entry. A client that
/// reconnects goes on after its Last-Event-ID. When the call has ended and all was told, the answer is 204, which tells an
/// EventSource to stay away.
/// </summary>
internal sealed class TimelineStream(TimelineReading reading, TimeProvider time)
{
    public async Task WriteAsync(HttpContext http, long after)
    {
        CancellationToken gone = http.RequestAborted;
        await using IAsyncEnumerator<TimelineEntry> entries = reading.AllAsync(after, follow: true, gone).GetAsyncEnumerator(gone);
        Task<bool> next = entries.MoveNextAsync().AsTask();
        try
        {
            if (reading.IsComplete && !await next)
            {
                await new ApiAnswer(StatusCodes.Status204NoContent).WriteAsync(http.Response);
                return;
            }
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            await http.Response.StartAsync(gone);
            while (await ArrivedAsync(http, next, gone))
            {
                await WriteAsync(http.Response, entries.Current, gone);
                next = entries.MoveNextAsync().AsTask();
                if (!next.IsCompleted) { await http.Response.Body.FlushAsync(gone); }
            }
        }
        finally
        {
            // An enumerator may not be left while it looks for the next entry; it stops looking when the client is gone.
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Waits for the next entry, with a comment now and then so that nobody between us takes the line for dead.</summary>
    private async Task<bool> ArrivedAsync(HttpContext http, Task<bool> next, CancellationToken gone)
    {
        while (true)
        {
            try { return await next.WaitAsync(Limits.StreamKeepAlive, time, gone); }
            catch (TimeoutException)
            {
                await http.Response.Body.WriteAsync(": still here\n\n"u8.ToArray(), gone);
                await http.Response.Body.FlushAsync(gone);
            }
        }
    }

    private static async Task WriteAsync(HttpResponse response, TimelineEntry entry, CancellationToken gone)
    {
        string head = $"id: {entry.Sequence.ToString(CultureInfo.InvariantCulture)}\nevent: {entry.Kind}\ndata: ";
        byte[] json = CallJson.Write(entry).ToArray();
        // An event that came from elsewhere may be written over several lines; between tokens a space is as good.
        foreach (ref byte letter in json.AsSpan())
        {
            if (letter is (byte)'\n' or (byte)'\r') { letter = (byte)' '; }
        }
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(head), gone);
        await response.Body.WriteAsync(json, gone);
        await response.Body.WriteAsync("\n\n"u8.ToArray(), gone);
    }
}
