namespace Switchhook.Hearing.Training;

/// <summary>Who speaks and what is said where a detector is made. No voice, sentence or seed of <see cref="Corpus"/> is here.</summary>
internal static class Lessons
{
    private static readonly string[] Variants =
    [
        "m8", "adam", "Alex", "Andrea", "Andy", "Annie", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david", "Denis",
        "Diogo", "ed", "edward", "Gene", "Gustave", "Henrique", "Hugo", "iven", "jacky", "john", "kaukovalta", "Lee", "linda", "marcelo", "Marco", "Mario",
        "max", "michael", "michel", "miguel", "mike", "Nguyen", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph",
        "travis", "victor", "Zac", "klatt", "klatt5", "grandpa", "croak", "norbert",
    ];

    private static readonly (string Language, string[] Texts)[] Books =
    [
        ("en-us", [
            "Hello", "Good morning, this is Peter calling", "I have a question about my bill", "Yes please", "No", "It stopped working on Monday",
            "Sixteen Elm Street, second floor", "Could you spell that for me", "We will be there around noon", "The weather has been awful lately",
            "Two adults and three children", "She sells fresh fish at the harbour", "Let me think about it", "That is fine, thank you very much", "Five",
            "Why was the flight cancelled", "Please hold the line", "Check the first page of the manual", "Who is speaking", "Thirty eight dollars and six cents"]),
        ("en-gb", [
            "Right, off we go then", "I should like to speak to somebody", "Half past six would be lovely", "What a terrible noise that is", "Sorry",
            "The parcel never arrived at our house", "Could I change my booking", "Perhaps on Wednesday", "Shall we try again", "It is on the top shelf"]),
        ("de", [
            "Hallo", "Nein danke", "Ich rufe wegen meiner Bestellung an", "Das Paket kam leider beschädigt an", "Am liebsten morgens um zehn", "Was kostet das ungefähr",
            "Sechsundzwanzig Strich drei", "Bitte verbinden Sie mich weiter", "Stimmt", "Mein Auto springt nicht mehr an", "Schönen Feierabend", "Fünf Flaschen Wasser"]),
        ("fr-fr", ["Allô", "Non merci", "Je cherche la gare centrale", "Combien coûte le billet", "Il fait très chaud chez nous", "À demain matin", "Votre facture est fausse", "Six heures et quart"]),
        ("es", ["Hola, buenos días", "Sí", "Quiero cambiar mi vuelo de mañana", "Cuánto tiempo tarda", "No funciona el teléfono", "Gracias por su ayuda", "Somos cinco personas", "Espere un momento"]),
        ("nl", ["Goedemiddag", "Ik wil graag een afspraak maken", "Dat weet ik niet zeker", "Waar blijft mijn pakket", "Prima, tot ziens", "Zes uur"]),
        ("pl", ["Dzień dobry", "Tak, oczywiście", "Chciałbym zarezerwować stolik", "Proszę poczekać chwilę", "Ile to kosztuje", "Nie słyszę pana"]),
        ("pt-br", ["Bom dia", "Eu preciso de ajuda com a conta", "Pode repetir por favor", "Não, obrigado", "Amanhã às oito"]),
        ("cs", ["Dobrý den", "Kdy přijede vlak", "Prosím vás, kde to je", "Děkuji pěkně"]),
        ("tr", ["Merhaba", "Yarın için yer ayırtmak istiyorum", "Evet, doğru", "Ne kadar sürer"]),
    ];

    private static readonly string[] Chatter = [.. Books[..2].SelectMany(book => book.Texts).Where(text => text.Length > 24)];

    private static readonly Talker[] Crowd = [.. Variants.Select((variant, i) => new Talker($"{(i % 3 == 0 ? "en-gb" : "en-us")}+{variant}", 150 + i % 5 * 10, 20 + i * 7 % 60))];

    public static Line Draw(Random random)
    {
        (string language, string[] texts) = Books[random.Next(3) == 0 ? random.Next(Books.Length) : random.Next(6)];
        // Each has three ways to speak, so that what was said once serves again.
        int variant = random.Next(Variants.Length), way = random.Next(3);
        var talker = new Talker($"{language}+{Variants[variant]}", 120 + (variant * 7 + way * 4) % 10 * 10, 20 + (variant * 5 + way * 2) % 6 * 10);
        return new Line(talker, texts[random.Next(texts.Length)]);
    }

    /// <summary>A few talkers who go on talking.</summary>
    public static short[] Babble(double seconds, double dbfs, Random random)
    {
        Talker[] crowd = [.. Enumerable.Range(0, random.Next(5, 12)).Select(_ => Crowd[random.Next(Crowd.Length)])];
        return Sound.Babble(seconds, dbfs, random.Next(), crowd, Chatter);
    }
}
