package io.holdfast.nio;

import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A selector's selected keys, as users see them: they may remove, but not add. An array, with each key's place kept in
 * the key; iterated from the end, so that removing the current key moves only one that was seen already.
 */
final class SelectedKeys extends AbstractSet<SelectionKey> {
    private HybridSelectionKey[] keys = new HybridSelectionKey[64];
    private int size;

    /** The selector's own way to add. */
    void select(final HybridSelectionKey key) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
        key.selectedIndex = size;
        keys[size++] = key;
    }

    @Override
    public boolean contains(final Object o) {
        return o instanceof HybridSelectionKey key && isIn(key);
    }

    @Override
    public boolean remove(final Object o) {
        if (o instanceof HybridSelectionKey key && isIn(key)) {
            final HybridSelectionKey last = keys[--size];
            keys[size] = null;
            if (last != key) {
                keys[key.selectedIndex] = last;
                last.selectedIndex = key.selectedIndex;
            }
            key.selectedIndex = -1;
            return true;
        }
        return false;
    }

    private boolean isIn(final HybridSelectionKey key) {
        final int index = key.selectedIndex;
        return index >= 0 && index < size && keys[index] == key;
    }

    @Override
    public void clear() {
        for (int i = 0; i < size; i++) {
            keys[i].selectedIndex = -1;
            keys[i] = null;
        }
        size = 0;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<SelectionKey> iterator() {
        return new KeyIterator();
    }

    private final class KeyIterator implements Iterator<SelectionKey> {
        private int next = size;
        private HybridSelectionKey current;

        @Override
        public boolean hasNext() {
            return next > 0 && size > 0;
        }

        @Override
        public SelectionKey next() {
            next = Math.min(next, size);
            if (next <= 0) {
                throw new NoSuchElementException();
            }
            current = keys[--next];
            return current;
        }

        @Override
        public void remove() {
            if (current == null) {
                throw new IllegalStateException("no current key");
            }
            SelectedKeys.this.remove(current);
            current = null;
        }
    }
}
