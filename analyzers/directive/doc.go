// Package directive parses lagvet's comments, //lagvet:verb. (to be written)
package directive
