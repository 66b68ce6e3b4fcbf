package io.holdfast.app.agent.choices;

import io.holdfast.replay.Choices;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomParameters;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A security provider with the generators of the platform's providers, under their names and in their order, each of which
 * asks {@link Choices} for its bytes and is its own local source. As the first provider it makes every {@code SecureRandom} from
 * then on, except one that is asked for from a provider by name. Any thread.
 */
final class ChoiceProvider extends Provider {
    static final String NAME = "Holdfast";
    private static final String TYPE = "SecureRandom";
    private static final String STRONG = "securerandom.strongAlgorithms";
    private static final long serialVersionUID = 1;

    private ChoiceProvider() {
        super(NAME, "1", "Randomness that follows the primary");
    }

    /** Makes it the first provider. Existing generators are not changed. */
    static void install() {
        final ChoiceProvider provider = new ChoiceProvider();
        final Set<String> names = new HashSet<>();
        // The platform's default comes first, because the first one is a provider's default.
        final SecureRandom usual = new SecureRandom();
        provider.add(names, usual.getProvider(), usual.getAlgorithm());
        for (final Provider platform : Security.getProviders()) {
            for (final Service service : platform.getServices()) {
                if (service.getType().equals(TYPE)) {
                    provider.add(names, platform, service.getAlgorithm());
                }
            }
        }
        if (Security.insertProviderAt(provider, 1) != 1) {
            throw new IllegalStateException("a security provider called " + NAME + " is there already");
        }
        preferForStrong(names);
    }

    private void add(final Set<String> names, final Provider platform, final String algorithm) {
        if (names.add(algorithm)) {
            putService(new Generator(this, platform, algorithm));
        }
    }

    /** {@code SecureRandom.getInstanceStrong} names the provider: ours before it. */
    private static void preferForStrong(final Set<String> names) {
        final String configured = Security.getProperty(STRONG);
        if (configured == null || configured.isBlank()) {
            return;
        }
        final List<String> preferred = new ArrayList<>();
        for (final String entry : configured.split(",")) {
            final String algorithm = entry.split(":")[0].trim();
            if (names.contains(algorithm)) {
                preferred.add(algorithm + ":" + NAME);
            }
            preferred.add(entry.trim());
        }
        Security.setProperty(STRONG, String.join(",", preferred));
    }

    private static final class Generator extends Service {
        private final Provider platform;

        Generator(final Provider provider, final Provider platform, final String algorithm) {
            super(provider, TYPE, algorithm, Asking.class.getName(), null, Map.of("ThreadSafe", "true"));
            this.platform = platform;
        }

        @Override
        public Object newInstance(final Object parameters) throws NoSuchAlgorithmException {
            return new Asking(parameters == null ? SecureRandom.getInstance(getAlgorithm(), platform)
                : SecureRandom.getInstance(getAlgorithm(), (SecureRandomParameters) parameters, platform));
        }
    }

    /** Safe for threads because the local generator is; holds no lock while it asks. */
    private static final class Asking extends SecureRandomSpi {
        private static final long serialVersionUID = 1;

        private final SecureRandom local;

        Asking(final SecureRandom local) {
            super(local.getParameters());
            this.local = local;
        }

        @Override
        protected void engineSetSeed(final byte[] seed) {
            local.setSeed(seed);
        }

        @Override
        protected void engineNextBytes(final byte[] bytes) {
            Choices.choose(Choices.SECURE_RANDOM, bytes, local::nextBytes);
        }

        @Override
        protected void engineNextBytes(final byte[] bytes, final SecureRandomParameters parameters) {
            Choices.choose(Choices.SECURE_RANDOM, bytes, into -> local.nextBytes(into, parameters));
        }

        @Override
        protected byte[] engineGenerateSeed(final int length) {
            final byte[] seed = new byte[length];
            Choices.choose(Choices.SECURE_SEED, seed,
                into -> System.arraycopy(local.generateSeed(into.length), 0, into, 0, into.length));
            return seed;
        }

        @Override
        protected void engineReseed(final SecureRandomParameters parameters) {
            if (parameters == null) {
                local.reseed();
            } else {
                local.reseed(parameters);
            }
        }

        @Override
        protected SecureRandomParameters engineGetParameters() {
            return local.getParameters();
        }

        @Override
        public String toString() {
            return local.toString();
        }
    }
}
