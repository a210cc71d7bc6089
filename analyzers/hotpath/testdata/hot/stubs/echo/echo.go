// Package echo has what the fixtures need of the real one.
package echo

type Context interface{ String(int, string) error }
