namespace Switchhook.Sip.Transactions;
internal readonly record struct TransactionKey(string Branch);
