/**
 * What every {@code SocketChannel}, {@code ServerSocketChannel} and {@code Selector} must do, asked of the kernel's provider
 * on loopback and of Holdfast's on an in-memory link alike: the kernel proves the tests, the tests prove Holdfast.
 */
package io.holdfast.nio.parity;
