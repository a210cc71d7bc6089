// Package sizes tells what decides how long a collection is.
//
// [Index.Of] answers with a [Length]: the program, by a literal, a table or a cut;
// the caller; the file system; those who connect; or nothing that is seen. It looks
// at how the variable came by its value, how often the loops around an append turn,
// and whether the package adds to a field or a package variable and removes from it.
//
// A registry of sessions is a map that what is handed in, and is to be closed one
// day, is added to and removed from: how long it is, its clients decide.
package sizes
