// Package lspclient is an editor without a screen: it drives a language server
// over its standard input and output, for tests and to measure latency. It works
// with gopls as well as with lagvet lsp.
//
//	c, err := lspclient.Start(ctx, lspclient.Options{Command: []string{"gopls"}, Folders: []string{dir}})
//	defer c.Close()
//	err = c.Open(file)
//	ds, err := c.Diagnostics(ctx, file)         // waits for the first that are published
//	actions, err := c.CodeActions(ctx, file, ds[0])
//	err = c.Perform(ctx, actions[0])            // changes the buffer, not the file
//	ds, err = c.Await(ctx, file, func(ds []protocol.Diagnostic) bool { return len(ds) == 0 })
//	err = c.Save(file)
//	err = c.Shutdown(ctx)
//
// Files are named by absolute paths. Of each open file the client holds a buffer,
// as an editor does, with a version that each change raises.
package lspclient
