// Package lockblock finds mutexes that are held over what may take long.
package lockblock
