// Package tree reads the files of a repository that is not trusted: the files that
// it was told of and no others, none beyond the repository whatever links say, and
// none that is too large to be configuration.
package tree
