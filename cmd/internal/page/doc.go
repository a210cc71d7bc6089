// Package page is what the HTML reports have in common: one file that loads nothing, in
// light and dark, with a verdict at its top.
//
// A report brings a template that defines "skip" (the link past the header), "header"
// (what follows the verdict there), "main" and "data" (before the script), and style
// and script of its own.
package page
