package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.Transitions.Transition;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends jobs out again that the broker and the workers have lost. Usually there are none: the broker itself hands a dead
 * worker's record to another.
 */
@Component
class Reaper {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

    private final ProgressTable jobs;
    private final EffectWriter effects;
    private final EventOffsets offsets;
    private final Listening listening;
    private final JobSignals signals;
    private final OutboxRelay relay;
    private final Transitions rules;
    private final ReaperSettings settings;
    private final TransactionTemplate transaction;

    Reaper(
            ProgressTable jobs,
            EffectWriter effects,
            EventOffsets offsets,
            JobSignals signals,
            OutboxRelay relay,
            JobSettings jobSettings,
            ReaperSettings settings,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.effects = effects;
        this.offsets = offsets;
        this.listening = new Listening(settings.longestGap(), InstantSource.system());
        this.signals = signals;
        this.relay = relay;
        this.rules = jobSettings.transitions();
        this.settings = settings;
        this.transaction = transaction;
    }

    @Scheduled(fixedDelayString = "${steelyard.gateway.reaper.check:PT5S}")
    void look() {
        // Who has not listened cannot say that nothing was to be heard.
        if (listening.duration(offsets.ask()).compareTo(settings.silence()) < 0) {
            return;
        }
        List<UUID> found = transaction.execute(status -> {
            List<JobChange> changes = new ArrayList<>();
            for (JobProgress job : jobs.lockSilent(settings.silence())) {
                LOG.warn("nothing heard of running job {} for {}", job.id(), settings.silence());
                changes.add(change(job, rules.silent(job)));
            }
            for (JobProgress job : jobs.lockForgotten(settings.forgotten())) {
                LOG.warn("no worker has taken job {} since it was given back {} ago", job.id(), settings.forgotten());
                changes.add(change(job, rules.forgotten(job)));
            }
            effects.write(changes);
            return changes.stream().map(JobChange::id).toList();
        });
        if (found != null && !found.isEmpty()) {
            relay.wake();
            signals.changed(found);
        }
    }

    private static JobChange change(JobProgress job, Transition transition) {
        JobChange change = new JobChange(job.id());
        change.add(transition);
        return change;
    }
}
