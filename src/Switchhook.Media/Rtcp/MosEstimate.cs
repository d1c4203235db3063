namespace Switchhook.Media.Rtcp;

/// <summary>
/// Listening quality by the E-model of ITU-T G.107 with everything but loss and delay at its default: R = 93.2 - Id - Ie,eff.
/// Id is the usual approximation by two straight lines; Ie,eff takes Ie = 0 and Bpl = 25.1, which G.113 Appendix I gives for
/// G.711 with packet loss concealment and random loss. An estimate to compare calls by, not a measurement.
/// </summary>
internal static class MosEstimate
{
    private const double BestR = 93.2;
    private const double LossRobustness = 25.1;
    private const double DelayKneeMs = 177.3;

    public static double Of(double lossFraction, double oneWayDelayMs)
    {
        double lossPercent = Math.Clamp(lossFraction, 0, 1) * 100;
        double loss = 95 * lossPercent / (lossPercent + LossRobustness);
        double delay = 0.024 * oneWayDelayMs + 0.11 * Math.Max(0, oneWayDelayMs - DelayKneeMs);
        double r = Math.Clamp(BestR - delay - loss, 0, 100);
        return Math.Clamp(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1, 4.5);
    }
}
