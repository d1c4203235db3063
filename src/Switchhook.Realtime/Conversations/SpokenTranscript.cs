using System.Text;

namespace Switchhook.Realtime.Conversations;

/// <summary>
/// The words of one spoken part and when they were said, so that the words can be cut where the listener stopped hearing.
/// Words and audio come in pieces: the audio that comes with words, and all that follows until there are words again, carries them.
/// Inside one piece words are taken to pass evenly with time.
/// </summary>
internal sealed class SpokenTranscript(int sampleRate)
{
    private readonly StringBuilder _text = new();
    private readonly List<Piece> _pieces = [];
    private long _samples;
    private int _heardMs = int.MaxValue;

    /// <summary>All the words so far, or those that were heard once it was cut.</summary>
    public string Text => _heardMs == int.MaxValue ? _text.ToString() : HeardUntil(_heardMs);

    /// <summary>How long all that was generated lasts.</summary>
    public int GeneratedMs => (int)(_samples * 1000 / sampleRate);

    /// <summary>How long what is left of it lasts.</summary>
    public int DurationMs => Math.Min(GeneratedMs, _heardMs);

    public void Append(string words, int samples)
    {
        // Words that come before any audio of the words before them join those.
        if (words.Length > 0 && (_pieces.Count == 0 || _pieces[^1].Samples > 0)) { _pieces.Add(new Piece(_text.Length, _samples, 0)); }
        _text.Append(words);
        _samples += samples;
        if (samples > 0 && _pieces.Count > 0) { _pieces[^1] = _pieces[^1] with { Samples = _pieces[^1].Samples + samples }; }
    }

    /// <summary>Forgets what comes after this moment. It never grows again.</summary>
    public void Cut(int heardMs) => _heardMs = Math.Min(_heardMs, heardMs);

    private string HeardUntil(int heardMs)
    {
        // The length that is told is rounded down: who has heard that has heard the last samples too.
        long heard = heardMs >= GeneratedMs ? _samples : (long)heardMs * sampleRate / 1000;
        int end = 0;
        for (int i = 0; i < _pieces.Count; i++)
        {
            Piece piece = _pieces[i];
            int pieceEnd = i + 1 < _pieces.Count ? _pieces[i + 1].TextStart : _text.Length;
            if (heard >= piece.Start + piece.Samples && piece.Samples > 0) { end = pieceEnd; continue; }
            if (heard > piece.Start && piece.Samples > 0)
            {
                int characters = (int)((pieceEnd - piece.TextStart) * (heard - piece.Start) / piece.Samples);
                end = WordEnd(piece.TextStart, piece.TextStart + characters);
            }
            break;
        }
        return _text.ToString(0, end);
    }

    // A word of which only a part was heard was not heard, where words are written apart; elsewhere characters count, whole ones.
    private int WordEnd(int start, int end)
    {
        if (end < _text.Length && char.IsWhiteSpace(_text[end])) { return end; }
        for (int at = end - 1; at >= start; at--)
        {
            if (char.IsWhiteSpace(_text[at])) { return at; }
        }
        for (int at = start; at < _text.Length; at++)
        {
            if (char.IsWhiteSpace(_text[at])) { return start; }
        }
        return end > 0 && end < _text.Length && char.IsLowSurrogate(_text[end]) ? end - 1 : end;
    }

    // TextStart in characters; Start and Samples in samples.
    private readonly record struct Piece(int TextStart, long Start, long Samples);
}
