/** Links around links: capture, trace, faults. */
package io.holdfast.link.decorator;
