package dev.steelyard.gateway.jobs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * A scheduler for regular tasks that may take long. All others with a fixed delay share one thread, and would stand
 * still meanwhile.
 */
@Configuration(proxyBeanMethods = false)
class SlowTasks {
    static final String SCHEDULER = "slowTasksScheduler";

    @Bean(name = SCHEDULER, defaultCandidate = false)
    ThreadPoolTaskScheduler scheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("slow-task-");
        scheduler.setDaemon(true);
        return scheduler;
    }
}
