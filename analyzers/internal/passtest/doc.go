// Package passtest gives the tests of foundations a type-checked package made
// of one string, with the results of the analyzers that they require.
package passtest
