// Package wholefile writes files of which nobody is to see a half: a file has its
// old text or its new one, whenever the program is killed or the disk is full.
package wholefile
