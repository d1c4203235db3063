using Switchhook.Sip.Messages;
using Switchhook.Sip.Transactions;

namespace Switchhook.Sip.Dialogs;

/// <summary>All dialogs that are not closed. Our tag is 128 random bits, so it alone finds a dialog; the rest is verified.</summary>
internal sealed class DialogTable
{
    private readonly Dictionary<DialogHandle, Dialog> _byHandle = [];
    private readonly Dictionary<string, Dialog> _byLocalTag = [];
    private long _lastHandle;

    public int Count => _byHandle.Count;

    public bool IsFull => Count >= Limits.SipDialogs;

    public IEnumerable<Dialog> All => _byHandle.Values;

    public DialogHandle NewHandle() => new(++_lastHandle);

    public void Add(Dialog dialog)
    {
        _byHandle.Add(dialog.Handle, dialog);
        _byLocalTag.Add(dialog.LocalTag, dialog);
    }

    public void Remove(Dialog dialog)
    {
        _byHandle.Remove(dialog.Handle);
        _byLocalTag.Remove(dialog.LocalTag);
    }

    public Dialog? Find(DialogHandle handle) => _byHandle.GetValueOrDefault(handle);

    /// <summary>The dialog of a request inside one (RFC 3261 §12.2.2): our tag stands in its To.</summary>
    public Dialog? Find(SipMessage request) =>
        _byLocalTag.TryGetValue(Wire.Text(request.To.Tag), out Dialog? dialog) && dialog.Owns(request) ? dialog : null;
}
