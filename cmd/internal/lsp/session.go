package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// initialize begins the session: what the editor can do, and what the server does.
func (s *Server) initialize(req *jsonrpc2.Request) answer {
	p, err := params[protocol.InitializeParams](req)
	if err != nil {
		return failed(err)
	}
	s.client, s.phase = p, serving
	if slices.Contains(p.Capabilities.General.PositionEncodings, protocol.UTF8) {
		s.encoding = protocol.UTF8 // as Go tools count
	}
	if len(p.InitializationOptions) > 0 && string(p.InitializationOptions) != "null" {
		if s.base, err = ParseSettings(p.InitializationOptions, Settings{}); err != nil {
			s.out.show(protocol.MessageError, fmt.Sprintf("initializationOptions: %v; none of them has effect", err))
		}
	}
	s.settings = s.base
	s.pulls = s.base.Pull && p.Capabilities.TextDocument.Diagnostic != nil
	s.folders = foldersOf(p)
	result := protocol.InitializeResult{ServerInfo: &protocol.Info{Name: "lagvet", Version: report.ThisTool().Version}}
	caps := &result.Capabilities
	caps.PositionEncoding = s.encoding
	caps.TextDocumentSync = raw(protocol.TextDocumentSyncOptions{OpenClose: true, Change: protocol.SyncIncremental, Save: new(protocol.SaveOptions)})
	caps.CodeActionProvider = raw(protocol.CodeActionOptions{CodeActionKinds: []string{protocol.QuickFix}})
	caps.Workspace = &protocol.WorkspaceServerCapabilities{
		WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{Supported: true, ChangeNotifications: true},
	}
	if s.pulls {
		caps.DiagnosticProvider = &protocol.DiagnosticOptions{Identifier: section, InterFileDependencies: true}
	}
	return given(result)
}

// raw encodes what is made of texts, numbers and lists.
func raw(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // none of these types fails
	}
	return data
}

// foldersOf returns the folders that the editor has open.
func foldersOf(p protocol.InitializeParams) []string {
	var folders []string
	for _, f := range p.WorkspaceFolders {
		if path, ok := protocol.PathOf(f.URI); ok {
			folders = append(folders, path)
		}
	}
	if len(p.WorkspaceFolders) == 0 && p.RootURI != nil {
		if path, ok := protocol.PathOf(*p.RootURI); ok {
			folders = append(folders, path)
		}
	}
	return folders
}

// patience is how long the editor has to answer what the settings are.
const patience = 5 * time.Second

// initialized asks for what the editor tells only now: its settings, and to be
// told of files that others change.
func (s *Server) initialized() {
	caps := s.client.Capabilities.Workspace
	var rs []protocol.Registration
	if caps.DidChangeConfiguration.DynamicRegistration {
		rs = append(rs, protocol.Registration{ID: "settings", Method: protocol.MethodDidChangeConfiguration, RegisterOptions: raw(map[string]string{"section": section})})
	}
	if caps.DidChangeWatchedFiles.DynamicRegistration {
		rs = append(rs, protocol.Registration{ID: "files", Method: protocol.MethodDidChangeWatchedFiles, RegisterOptions: raw(watched())})
	}
	go func() {
		ctx, cancel := context.WithTimeout(s.ctx, patience)
		defer cancel()
		if len(rs) > 0 {
			if err := s.conn.Call(ctx, protocol.MethodRegister, protocol.RegistrationParams{Registrations: rs}, nil); err != nil {
				s.out.logf(protocol.MessageWarning, "the editor does not tell of changed files and settings, which are seen with the next save: %v", err)
			}
		}
		s.fetchSettings(ctx)
		s.begin()
	}()
}

// watched are the files that matter to a check, beside those that are open.
func watched() protocol.DidChangeWatchedFilesRegistrationOptions {
	return protocol.DidChangeWatchedFilesRegistrationOptions{Watchers: []protocol.FileSystemWatcher{
		{GlobPattern: "**/*.go"},
		{GlobPattern: "**/go.{mod,sum,work}"},
		{GlobPattern: "**/" + config.Name},
		{GlobPattern: "**/*.{pgo,pprof}"},
	}}
}

// begin lets checks begin: the settings are known.
func (s *Server) begin() {
	s.mu.Lock()
	s.ready = true
	var ms []*module
	for _, m := range s.modules {
		if m.again {
			ms = append(ms, m)
		}
	}
	s.mu.Unlock()
	for _, m := range ms {
		s.start(m)
	}
}

// fetchSettings asks the editor for the settings, if it can be asked.
func (s *Server) fetchSettings(ctx context.Context) {
	s.mu.Lock()
	can := s.client.Capabilities.Workspace.Configuration
	s.mu.Unlock()
	if !can {
		return
	}
	var values []json.RawMessage
	err := s.conn.Call(ctx, protocol.MethodConfiguration, protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: section}}}, &values)
	if err != nil {
		s.out.logf(protocol.MessageWarning, "the editor does not tell the settings of %s: %v", section, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(values) == 1 {
		s.set(values[0])
	}
}

// set takes over settings that the editor has, over those of the beginning. The
// lock is held.
func (s *Server) set(data json.RawMessage) {
	if len(data) == 0 || string(data) == "null" {
		data = json.RawMessage("{}")
	}
	now, err := ParseSettings(data, s.base)
	if err != nil {
		s.out.show(protocol.MessageError, err.Error()+"; the settings are as before")
		return
	}
	if now.Pull != s.base.Pull {
		s.out.show(protocol.MessageWarning, section+".pull has effect only among the initializationOptions: editors are told of it once")
		now.Pull = s.base.Pull
	}
	s.settings = now
	for _, m := range s.modules {
		s.recheck(m)
	}
}

// configured takes in new settings: the editor is asked for them or, if it cannot
// be, has sent them along, perhaps with those of others.
func (s *Server) configured(p protocol.DidChangeConfigurationParams) error {
	if s.client.Capabilities.Workspace.Configuration {
		go func() {
			ctx, cancel := context.WithTimeout(s.ctx, patience)
			defer cancel()
			s.fetchSettings(ctx)
		}()
		return nil
	}
	var all map[string]json.RawMessage
	if len(p.Settings) == 0 {
		return nil
	}
	if err := json.Unmarshal(p.Settings, &all); err != nil {
		return fmt.Errorf("reading the settings: %w", err)
	}
	if own, ok := all[section]; ok {
		s.set(own)
	}
	return nil
}

// foldersChanged takes in that folders were opened or closed.
func (s *Server) foldersChanged(p protocol.DidChangeWorkspaceFoldersParams) error {
	for _, f := range p.Event.Removed {
		if path, ok := protocol.PathOf(f.URI); ok {
			s.folders = slices.DeleteFunc(s.folders, func(other string) bool { return key(other) == key(path) })
		}
	}
	for _, f := range p.Event.Added {
		if path, ok := protocol.PathOf(f.URI); ok {
			s.folders = append(s.folders, path)
		}
	}
	for _, d := range s.docs {
		if filepath.Ext(d.path) != ".go" {
			continue
		}
		if m := d.module; m != nil {
			if _, why := s.home(d.path); why == "" {
				continue
			}
			d.module = nil
			s.leave(m, d.dir())
			continue
		}
		s.adopt(d)
	}
	return nil
}

// filesChanged takes in that files changed on disk. Of an open Go file this may be
// the echo of having been saved.
func (s *Server) filesChanged(p protocol.DidChangeWatchedFilesParams) error {
	var paths []string
	for _, c := range p.Changes {
		path, ok := protocol.PathOf(c.URI)
		d := s.docs[key(path)]
		switch {
		case !ok:
		case d == nil || d.module == nil:
			paths = append(paths, path)
		case d.changedOnDisk():
			s.saved(d)
		}
	}
	s.changedOnDisk(paths)
	return nil
}

// shutDown ends all checks, and goes over to a phase in which nothing is checked.
func (s *Server) shutDown(next phase) {
	s.phase, s.stopped = next, true
	for _, m := range s.modules {
		if m.cancel != nil {
			m.cancel()
		}
		m.fail(context.Canceled)
	}
}
