namespace Switchhook.Simulation;

/// <summary>All tasks of a world, on one thread, in the order in which they became ready: one seed is one story.</summary>
public sealed class SimulatedScheduler : TaskScheduler
{
    private readonly Queue<Task> _ready = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Runs until nothing is ready. Returns false when nothing was.</summary>
    public bool RunReady()
    {
        bool ran = false;
        while (RunOne()) { ran = true; }
        return ran;
    }

    /// <summary>Runs what has been ready longest. Returns false when nothing was.</summary>
    public bool RunOne()
    {
        if (!_ready.TryDequeue(out Task? task)) { return false; }
        TryExecuteTask(task);
        return true;
    }

    /// <summary>Starts an asynchronous story of the world.</summary>
    public Task Start(Func<Task> story) => Task.Factory.StartNew(story, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>The same, for one that ends with an answer.</summary>
    public Task<T> Start<T>(Func<Task<T>> story) => Task.Factory.StartNew(story, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread) { throw new InvalidOperationException("a simulated world has left its thread"); }
        _ready.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
