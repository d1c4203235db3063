using Switchhook.Sip.Messages;

namespace Switchhook.Sip.Transactions;

/// <summary>
/// All transactions that have not ended, by key. Requests of strangers find room up to <see cref="Limits.SipTransactions"/>;
/// those of our dialogs, CANCELs included, up to <see cref="Limits.SipTransactionsInDialogs"/> more, so that a flood of INVITEs keeps nobody
/// from hanging up. Our own requests are bounded by the dialogs they belong to.
/// </summary>
internal sealed class TransactionTable(Deadlines deadlines)
{
    private readonly Dictionary<TransactionKey, Transaction> _server = [];
    private readonly Dictionary<TransactionKey, Transaction> _client = [];
    private readonly Dictionary<string, Transaction> _merging = [];

    public int Count => _server.Count + _client.Count;

    public bool HasRoom(bool isOfOurDialogs) =>
        _server.Count < Limits.SipTransactions + (isOfOurDialogs ? Limits.SipTransactionsInDialogs : 0);

    public Transaction? FindServer(in TransactionKey key) => _server.GetValueOrDefault(key);

    public Transaction? FindClient(in TransactionKey key) => _client.GetValueOrDefault(key);

    /// <summary>
    /// Whether this request, which matches no transaction, came here before on another way through the network
    /// (RFC 3261 §8.2.2.2): same From tag, Call-ID and CSeq, no To tag, and its twin is still being served.
    /// </summary>
    public bool IsMerged(SipMessage request) => _merging.ContainsKey(MergeKey(request));

    public void AddServer(Transaction transaction, SipMessage request)
    {
        _server.Add(transaction.Key, transaction);
        if (request.To.Tag.Length > 0) { return; }
        transaction.MergeKey = MergeKey(request);
        _merging[transaction.MergeKey] = transaction;
    }

    public void AddClient(Transaction transaction) => _client.Add(transaction.Key, transaction);

    /// <summary>To be called after every input to the transaction. Returns true when it has just ended and is gone.</summary>
    public bool Settle(Transaction transaction)
    {
        deadlines.Update(transaction);
        if (!transaction.HasEnded) { return false; }
        if (transaction.MergeKey is string key && _merging.GetValueOrDefault(key) == transaction) { _merging.Remove(key); }
        return Remove(_server, transaction) || Remove(_client, transaction);
    }

    /// <summary>Those that would send on this flow; a copy, because failing changes the table.</summary>
    public List<Transaction> On(SipFlow flow) => [.. All.Where(transaction => transaction.Flow == flow)];

    public IEnumerable<Transaction> All => _server.Values.Concat(_client.Values);

    private static bool Remove(Dictionary<TransactionKey, Transaction> table, Transaction transaction) =>
        table.GetValueOrDefault(transaction.Key) == transaction && table.Remove(transaction.Key);

    private static string MergeKey(SipMessage request) =>
        $"{Wire.Text(request.From.Tag)}\n{Wire.Text(request.CallId)}\n{request.CSeq.Number}\n{request.Method}";
}
