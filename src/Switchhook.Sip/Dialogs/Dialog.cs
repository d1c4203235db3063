namespace Switchhook.Sip.Dialogs;
internal sealed class Dialog { }
