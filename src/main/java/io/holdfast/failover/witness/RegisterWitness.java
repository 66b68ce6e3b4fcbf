package io.holdfast.failover.witness;

import io.holdfast.counters.Counters;
import io.holdfast.counters.MembershipCounter;
import io.holdfast.membership.Witness;
import io.holdfast.util.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A third party that is a {@link Register}: what may be written, when, and what an answer means (decision 5, W1 to W5). One
 * thread, the membership's; answers of the register are handed over to it. Times in nanoseconds of the membership's clock.
 */
public final class RegisterWitness implements Witness {
    /** A record is read, and that of who leads alone written, so many times in the time for which it counts. */
    private static final int ROUNDS = 5;
    private static final long LEAST_RETRY_NS = 20_000_000L;
    private static final long MOST_RETRY_NS = 200_000_000L;

    /** What was asked for and not answered. */
    private static final class Claim {
        private final long expected;
        private final OwnerRecord wanted;
        /** Of a node with nothing: {@link #version} must still be there. */
        private final boolean anew;
        private final long version;
        /** When it was first written, for all that is known; {@link Long#MAX_VALUE} if never. */
        private long writtenNs = Long.MAX_VALUE;
        /** A write of it was not answered, and the version that it was for was still there when it was last looked. */
        private boolean doubtful;

        private Claim(final long expected, final OwnerRecord wanted, final boolean anew, final long version) {
            this.expected = expected;
            this.wanted = wanted;
            this.anew = anew;
            this.version = version;
        }
    }

    private final String name;
    private final Register register;
    private final String node;
    private final long incarnation;
    private final long periodNs;
    private final Counters counters;
    private final LongSupplier clock;
    private final Consumer<Runnable> thread;
    private Answers answers = (epoch, granted, nowNs) -> { };
    /** The newest version that was read or written; null while that is not known. */
    private Long seen;
    private OwnerRecord record = OwnerRecord.NONE;
    private long quietFromNs = Long.MAX_VALUE;
    private long confirmedNs = Long.MIN_VALUE;
    private long answeredNs = Long.MIN_VALUE;
    private boolean failing;
    private String failure = "";
    private Claim claim;
    private long leadingEpoch;
    /** The call under way; 0 if none is. */
    private long call;
    private long calls;
    private boolean callWrites;
    /** What it is made for; null if for no claim. */
    private Claim callFor;
    private long callNs;
    /** Not before then. */
    private long nextNs;
    private long retryNs = LEAST_RETRY_NS;
    private long nowNs;

    /**
     * @param name        as configured, for operators
     * @param aloneNs     for so long a record counts
     * @param clock       the membership's
     * @param thread      runs something in the membership's thread, soon, and never within the call
     */
    public RegisterWitness(final String name, final Register register, final String node, final long incarnation, final long aloneNs,
        final Counters counters, final LongSupplier clock, final Consumer<Runnable> thread) {
        this.name = name;
        this.register = register;
        this.node = node;
        this.incarnation = incarnation;
        periodNs = aloneNs / ROUNDS;
        this.counters = counters;
        this.clock = clock;
        this.thread = thread;
        nextNs = Long.MIN_VALUE;
    }

    @Override
    public boolean isThirdParty() {
        return true;
    }

    @Override
    public void answerTo(final Answers to) {
        answers = to;
    }

    // --- what the membership asks ---

    @Override
    public Verdict claim(final long expectedEpoch, final long epoch, final long atNs) {
        return ask(new Claim(expectedEpoch, new OwnerRecord(epoch, node, incarnation), false, 0), atNs);
    }

    @Override
    public Verdict claimAnew(final long epoch, final long atNs) {
        if (seen == null) {
            return Verdict.REFUSED;
        }
        return ask(new Claim(record.epoch(), new OwnerRecord(epoch, node, incarnation), true, seen), atNs);
    }

    private Verdict ask(final Claim asked, final long atNs) {
        claim = asked;
        nowNs = atNs;
        counters.increment(MembershipCounter.WITNESS_CLAIMS);
        retryNs = LEAST_RETRY_NS;
        if (!callWrites) {
            // What is being read is not waited for: its answer is passed over.
            call = 0;
        }
        proceed();
        return Verdict.PENDING;
    }

    @Override
    public boolean withdraw() {
        if (claim != null && (claim.doubtful || call != 0 && callWrites && callFor == claim)) {
            return false;
        }
        claim = null;
        return true;
    }

    @Override
    public void abandon() {
        claim = null;
    }

    @Override
    public void poll(final long leading, final long atNs) {
        nowNs = atNs;
        leadingEpoch = leading;
        if (call != 0 && nowNs - callNs > periodNs) {
            failed(true, "no answer for " + periodNs / 1_000_000 + " ms");
        }
        if (call == 0 && Deadline.expired(nextNs, nowNs)) {
            proceed();
        }
    }

    // --- the one call at a time ---

    /** The next call, if nothing is being asked. */
    private void proceed() {
        if (call != 0) {
            return;
        }
        if (seen != null && claim != null && !claim.doubtful && mayWrite(claim)) {
            write(claim.wanted);
        } else if (seen != null && claim == null && mayLead()) {
            write(new OwnerRecord(leadingEpoch, node, incarnation));
        } else {
            begin(false);
            call(register::read, this::onRead);
        }
    }

    private boolean mayWrite(final Claim asked) {
        return asked.anew ? seen == asked.version : record.epoch() <= asked.expected;
    }

    /** A record below what this node was granted is one that the register lost. */
    private boolean mayLead() {
        return leadingEpoch != 0 && (isMine(leadingEpoch) || record.epoch() < leadingEpoch);
    }

    private boolean isMine(final long epoch) {
        return record.epoch() == epoch && record.incarnation() == incarnation && record.node().equals(node);
    }

    private void write(final OwnerRecord what) {
        begin(true);
        if (claim != null) {
            claim.writtenNs = Math.min(claim.writtenNs, nowNs);
        }
        final long version = seen;
        call(() -> register.write(version, what.encode()), written -> onWritten(written, what));
    }

    private void begin(final boolean writes) {
        call = ++calls;
        callWrites = writes;
        callFor = claim;
        callNs = nowNs;
    }

    private <T> void call(final Supplier<CompletionStage<T>> method, final Consumer<T> answer) {
        final long mine = call;
        CompletionStage<T> stage;
        try {
            stage = method.get();
        } catch (final RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((value, error) -> thread.accept(() -> {
            if (call == mine) {
                nowNs = clock.getAsLong();
                if (error != null) {
                    failed(!(error instanceof Register.Unreachable), error.getMessage() == null ? error.toString() : error.getMessage());
                } else {
                    answer.accept(value);
                }
            }
        }));
    }

    private void failed(final boolean sent, final String why) {
        counters.increment(MembershipCounter.WITNESS_FAILURES);
        if (sent && callWrites && callFor != null) {
            callFor.doubtful = true;
        }
        call = 0;
        failing = true;
        failure = why;
        nextNs = nowNs + retryNs;
        retryNs = Math.min(2 * retryNs, MOST_RETRY_NS);
    }

    private void answered() {
        call = 0;
        failing = false;
        answeredNs = nowNs;
        nextNs = nowNs + periodNs;
        retryNs = LEAST_RETRY_NS;
    }

    private void onRead(final Register.Entry entry) {
        final OwnerRecord read = OwnerRecord.decode(entry);
        if (read == null) {
            failed(false, "what is recorded there is not Holdfast's");
            return;
        }
        answered();
        final boolean changed = seen == null || seen != entry.version();
        if (changed) {
            see(entry.version(), read);
        }
        if (claim != null) {
            onReadForClaim(changed);
        } else if (mayLead() && Deadline.expired(nextConfirmationNs(), nowNs)) {
            proceed();
        }
    }

    private long nextConfirmationNs() {
        final long lastNs = confirmedNs(leadingEpoch);
        return lastNs == Long.MIN_VALUE ? lastNs : lastNs + periodNs;
    }

    private void onReadForClaim(final boolean changed) {
        if (isMine(claim.wanted.epoch())) {
            conclude(true);
            return;
        }
        // A write for a version that is gone is void, whenever it comes.
        claim.doubtful &= !changed;
        if (mayWrite(claim)) {
            write(claim.wanted);
        } else if (!claim.doubtful) {
            conclude(false);
        }
    }

    private void onWritten(final Long version, final OwnerRecord what) {
        answered();
        if (version == null) {
            // Somebody else has written, or an earlier write of ours came through: the record says.
            seen = null;
            proceed();
            return;
        }
        see(version, what);
        if (callFor == null) {
            confirmedNs = callNs;
        }
        if (callFor != claim) {
            proceed();
        } else if (claim != null) {
            conclude(true);
        }
    }

    private void see(final long version, final OwnerRecord what) {
        seen = version;
        if (!what.equals(record)) {
            confirmedNs = Long.MIN_VALUE;
        }
        record = what;
        quietFromNs = nowNs;
    }

    private void conclude(final boolean granted) {
        final Claim asked = claim;
        claim = null;
        if (granted) {
            confirmedNs = asked.writtenNs;
        }
        counters.increment(granted ? MembershipCounter.WITNESS_GRANTS : MembershipCounter.WITNESS_REFUSALS);
        answers.onWitness(asked.wanted.epoch(), granted, nowNs);
    }

    // --- what was seen ---

    @Override
    public boolean isReached(final long atNs) {
        return !failing && answeredNs != Long.MIN_VALUE && atNs - answeredNs <= 2 * periodNs + MOST_RETRY_NS;
    }

    @Override
    public long recordedEpoch() {
        return record.epoch();
    }

    @Override
    public boolean isNobodyElseRecorded() {
        return seen != null && (record.epoch() == 0 || record.node().equals(node));
    }

    @Override
    public long confirmedNs(final long epoch) {
        return isMine(epoch) ? confirmedNs : Long.MIN_VALUE;
    }

    @Override
    public long quietFromNs() {
        return seen == null ? Long.MAX_VALUE : quietFromNs;
    }

    @Override
    public Status status(final long atNs) {
        return new Status(name, isReached(atNs), answeredNs == Long.MIN_VALUE ? -1 : atNs - answeredNs,
            claim == null ? 0 : claim.wanted.epoch(), record.epoch(), record.node(), failing ? failure + "; " + register.state() : register.state());
    }

    @Override
    public String toString() {
        return name;
    }
}
