package protocol

import "encoding/json"

// The encodings in which the characters of a line are counted.
const (
	UTF8  = "utf-8"
	UTF16 = "utf-16" // what holds if nothing is agreed on
)

// InitializeParams begin a session.
type InitializeParams struct {
	ProcessID             *int               `json:"processId"` // of the editor
	ClientInfo            *Info              `json:"clientInfo,omitempty"`
	RootURI               *string            `json:"rootUri"`
	InitializationOptions json.RawMessage    `json:"initializationOptions,omitempty"`
	Capabilities          ClientCapabilities `json:"capabilities"`
	WorkspaceFolders      []WorkspaceFolder  `json:"workspaceFolders,omitempty"`
}

// Info names a program.
type Info struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// A WorkspaceFolder is a folder that the user works in.
type WorkspaceFolder struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

// ClientCapabilities are what an editor can do.
type ClientCapabilities struct {
	General      GeneralCapabilities      `json:"general"`
	Window       WindowCapabilities       `json:"window"`
	Workspace    WorkspaceCapabilities    `json:"workspace"`
	TextDocument TextDocumentCapabilities `json:"textDocument"`
}

// GeneralCapabilities concern all messages.
type GeneralCapabilities struct {
	PositionEncodings []string `json:"positionEncodings,omitempty"` // the preferred one first
}

// WindowCapabilities concern what is shown beside documents.
type WindowCapabilities struct {
	WorkDoneProgress bool `json:"workDoneProgress"`
}

// WorkspaceCapabilities concern more than one document.
type WorkspaceCapabilities struct {
	ApplyEdit              bool                      `json:"applyEdit"`
	Configuration          bool                      `json:"configuration"`
	WorkspaceFolders       bool                      `json:"workspaceFolders"`
	WorkspaceEdit          WorkspaceEditCapabilities `json:"workspaceEdit"`
	DidChangeConfiguration DynamicRegistration       `json:"didChangeConfiguration"`
	DidChangeWatchedFiles  DynamicRegistration       `json:"didChangeWatchedFiles"`
}

// WorkspaceEditCapabilities are what a [WorkspaceEdit] may hold.
type WorkspaceEditCapabilities struct {
	DocumentChanges bool `json:"documentChanges"`
}

// DynamicRegistration says whether a server may ask for notifications later.
type DynamicRegistration struct {
	DynamicRegistration bool `json:"dynamicRegistration"`
}

// TextDocumentCapabilities concern one document.
type TextDocumentCapabilities struct {
	Synchronization    SynchronizationCapabilities    `json:"synchronization"`
	PublishDiagnostics PublishDiagnosticsCapabilities `json:"publishDiagnostics"`
	CodeAction         CodeActionCapabilities         `json:"codeAction"`
	Diagnostic         *DynamicRegistration           `json:"diagnostic,omitempty"` // nil: the client asks for none
}

// SynchronizationCapabilities are what a client tells of documents.
type SynchronizationCapabilities struct {
	DidSave bool `json:"didSave"`
}

// PublishDiagnosticsCapabilities are what diagnostics may hold.
type PublishDiagnosticsCapabilities struct {
	RelatedInformation     bool `json:"relatedInformation"`
	VersionSupport         bool `json:"versionSupport"`
	CodeDescriptionSupport bool `json:"codeDescriptionSupport"`
	DataSupport            bool `json:"dataSupport"`
	TagSupport             struct {
		ValueSet []Tag `json:"valueSet"`
	} `json:"tagSupport"`
}

// CodeActionCapabilities are what code actions may be.
type CodeActionCapabilities struct {
	IsPreferredSupport bool `json:"isPreferredSupport"`
	DataSupport        bool `json:"dataSupport"`
	// LiteralSupport is set if actions may be more than commands.
	LiteralSupport *CodeActionLiterals `json:"codeActionLiteralSupport,omitempty"`
	ResolveSupport *CodeActionResolve  `json:"resolveSupport,omitempty"`
}

// CodeActionLiterals say which kinds of code actions a client knows.
type CodeActionLiterals struct {
	CodeActionKind struct {
		ValueSet []string `json:"valueSet"`
	} `json:"codeActionKind"`
}

// CodeActionResolve says which members of a code action a client asks for later.
type CodeActionResolve struct {
	Properties []string `json:"properties"`
}

// InitializeResult answers [InitializeParams].
type InitializeResult struct {
	Capabilities ServerCapabilities `json:"capabilities"`
	ServerInfo   *Info              `json:"serverInfo,omitempty"`
}

// ServerCapabilities are what a server does.
type ServerCapabilities struct {
	PositionEncoding string `json:"positionEncoding,omitempty"`
	// TextDocumentSync is [TextDocumentSyncOptions], or a number.
	TextDocumentSync json.RawMessage `json:"textDocumentSync,omitempty"`
	// CodeActionProvider is [CodeActionOptions], or whether there are any.
	CodeActionProvider json.RawMessage              `json:"codeActionProvider,omitempty"`
	DiagnosticProvider *DiagnosticOptions           `json:"diagnosticProvider,omitempty"`
	Workspace          *WorkspaceServerCapabilities `json:"workspace,omitempty"`
}

// SyncFull and SyncIncremental are the ways to tell of changes: the whole text
// each time, or the range that was replaced.
const (
	SyncFull        = 1
	SyncIncremental = 2
)

// TextDocumentSyncOptions are what a server wants to be told of documents.
type TextDocumentSyncOptions struct {
	OpenClose bool         `json:"openClose"`
	Change    int          `json:"change"`
	Save      *SaveOptions `json:"save,omitempty"`
}

// SaveOptions are what a server wants to be told when a document is saved.
type SaveOptions struct {
	IncludeText bool `json:"includeText"`
}

// CodeActionOptions are the kinds of code actions of a server.
type CodeActionOptions struct {
	CodeActionKinds []string `json:"codeActionKinds,omitempty"`
	ResolveProvider bool     `json:"resolveProvider,omitempty"`
}

// DiagnosticOptions say how a server answers [MethodDiagnostic].
type DiagnosticOptions struct {
	Identifier            string `json:"identifier,omitempty"`
	InterFileDependencies bool   `json:"interFileDependencies"`
	WorkspaceDiagnostics  bool   `json:"workspaceDiagnostics"`
}

// WorkspaceServerCapabilities concern more than one document.
type WorkspaceServerCapabilities struct {
	WorkspaceFolders *WorkspaceFoldersServerCapabilities `json:"workspaceFolders,omitempty"`
}

// WorkspaceFoldersServerCapabilities say what a server wants to know of folders.
type WorkspaceFoldersServerCapabilities struct {
	Supported bool `json:"supported"`
	// ChangeNotifications is whether, or an ID under which, it wants to be told of changes.
	ChangeNotifications any `json:"changeNotifications"`
}

// DidChangeConfigurationParams tell of new settings.
type DidChangeConfigurationParams struct {
	Settings json.RawMessage `json:"settings"`
}

// ConfigurationParams ask for settings.
type ConfigurationParams struct {
	Items []ConfigurationItem `json:"items"`
}

// A ConfigurationItem is a section of the settings that a server asks for.
type ConfigurationItem struct {
	ScopeURI string `json:"scopeUri,omitempty"`
	Section  string `json:"section,omitempty"`
}

// DidChangeWorkspaceFoldersParams tell of folders that came and went.
type DidChangeWorkspaceFoldersParams struct {
	Event struct {
		Added   []WorkspaceFolder `json:"added"`
		Removed []WorkspaceFolder `json:"removed"`
	} `json:"event"`
}

// DidChangeWatchedFilesParams tell of files that changed on disk.
type DidChangeWatchedFilesParams struct {
	Changes []FileEvent `json:"changes"`
}

// The types of a [FileEvent].
const (
	FileCreated = 1
	FileChanged = 2
	FileDeleted = 3
)

// A FileEvent is a change of a file on disk.
type FileEvent struct {
	URI  string `json:"uri"`
	Type int    `json:"type"`
}

// RegistrationParams ask the client for notifications.
type RegistrationParams struct {
	Registrations []Registration `json:"registrations"`
}

// A Registration asks for one method.
type Registration struct {
	ID              string          `json:"id"`
	Method          string          `json:"method"`
	RegisterOptions json.RawMessage `json:"registerOptions,omitempty"`
}

// DidChangeWatchedFilesRegistrationOptions say which files to watch.
type DidChangeWatchedFilesRegistrationOptions struct {
	Watchers []FileSystemWatcher `json:"watchers"`
}

// A FileSystemWatcher names files by a pattern: ** is any folders, {a,b} either.
type FileSystemWatcher struct {
	GlobPattern string `json:"globPattern"`
}

// A MessageType says how much a message matters.
type MessageType int

// The types of messages, the gravest first.
const (
	MessageError MessageType = iota + 1
	MessageWarning
	MessageInfo
	MessageLog
)

// A MessageParams is shown to the user, or logged.
type MessageParams struct {
	Type    MessageType `json:"type"`
	Message string      `json:"message"`
}

// CancelParams name the request that is no longer wanted.
type CancelParams struct {
	ID json.RawMessage `json:"id"` // a number or a text
}

// ProgressCreateParams name the token of a progress.
type ProgressCreateParams struct {
	Token string `json:"token"`
}

// ProgressParams tell how far something has come.
type ProgressParams struct {
	Token json.RawMessage  `json:"token"` // a number or a text
	Value WorkDoneProgress `json:"value"`
}

// The kinds of [WorkDoneProgress], in their order.
const (
	ProgressBegin  = "begin"
	ProgressReport = "report"
	ProgressEnd    = "end"
)

// WorkDoneProgress is one step of a progress.
type WorkDoneProgress struct {
	Kind    string `json:"kind"`
	Title   string `json:"title,omitempty"`
	Message string `json:"message,omitempty"`
}
