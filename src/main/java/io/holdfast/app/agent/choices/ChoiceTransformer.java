package io.holdfast.app.agent.choices;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.objectweb.asm.ClassReader;

/**
 * Rewrites the classes of {@link Followers} as they are loaded. Most have nothing to rewrite, which their constant pool
 * tells; they are left alone byte for byte. A class that cannot be rewritten is reported and loaded as it is.
 */
final class ChoiceTransformer implements ClassFileTransformer {
    private static final int FIELD_REFERENCE = 9;
    private static final int METHOD_REFERENCE = 10;
    private static final int INTERFACE_METHOD_REFERENCE = 11;

    private final ChoiceSites sites;
    private final Followers followers;
    private final String bridge;
    private final BiConsumer<String, Throwable> failed;
    private final LongAdder rewrittenSites = new LongAdder();
    private final LongAdder rewrittenClasses = new LongAdder();

    /**
     * @param bridge internal name of the bridge's classes, up to where their names here begin with "Chosen"
     * @param failed told the class and why
     */
    ChoiceTransformer(final ChoiceSites sites, final Followers followers, final String bridge,
        final BiConsumer<String, Throwable> failed) {
        this.sites = sites;
        this.followers = followers;
        this.bridge = bridge;
        this.failed = failed;
    }

    long rewrittenSites() {
        return rewrittenSites.sum();
    }

    long rewrittenClasses() {
        return rewrittenClasses.sum();
    }

    @Override
    public byte[] transform(
        final ClassLoader loader,
        final String name,
        final Class<?> redefined,
        final ProtectionDomain domain,
        final byte[] bytes) {
        if (name == null) {
            return null;
        }
        try {
            return rewritten(followers.of(loader, name, domain), bytes);
        } catch (final Throwable e) {
            // The JVM would swallow it.
            failed.accept(name, e);
            return null;
        }
    }

    /** The class rewritten, null if there is nothing to do. */
    byte[] rewritten(final Followers.Part part, final byte[] bytes) {
        if (part == Followers.Part.NOTHING) {
            return null;
        }
        final ClassReader reader = new ClassReader(bytes);
        if (!refersToSites(reader, part)) {
            return null;
        }
        final SiteRewriter rewriter = new SiteRewriter(sites, part, bridge);
        final byte[] written = rewriter.rewrite(reader);
        if (rewriter.count() == 0) {
            return null;
        }
        rewrittenSites.add(rewriter.count());
        rewrittenClasses.increment();
        return written;
    }

    private boolean refersToSites(final ClassReader reader, final Followers.Part part) {
        if (sites.methodsIn(part, reader.getClassName()) != null) {
            return true;
        }
        final char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount(); i++) {
            final int item = reader.getItem(i);
            if (item == 0) {
                continue;
            }
            final int tag = reader.readByte(item - 1);
            if (tag == METHOD_REFERENCE || tag == INTERFACE_METHOD_REFERENCE || tag == FIELD_REFERENCE) {
                final int nameAndType = reader.getItem(reader.readUnsignedShort(item + 2));
                final String owner = reader.readClass(item, buffer);
                final String name = reader.readUTF8(nameAndType, buffer);
                final String key = ChoiceSites.key(owner, name, reader.readUTF8(nameAndType + 2, buffer));
                if (name.equals("<init>") ? sites.constructorsIn(part).containsKey(owner)
                    : sites.callsIn(part).containsKey(key) || sites.fieldsIn(part).containsKey(key)
                        || sites.handsOver(part, key.substring(owner.length() + 1))) {
                    return true;
                }
            }
        }
        return false;
    }
}
