namespace Switchhook.Storage;

/// <summary>The store could not do what it was asked; the message says what, where, and what to do about it.</summary>
public sealed class StoreException : Exception
{
    public StoreException() { }

    public StoreException(string message) : base(message) { }

    public StoreException(string message, Exception? inner) : base(message, inner) { }
}
