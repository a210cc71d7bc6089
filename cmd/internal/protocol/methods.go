package protocol

// What a client asks and tells.
const (
	MethodInitialize             = "initialize"
	MethodInitialized            = "initialized"
	MethodShutdown               = "shutdown"
	MethodExit                   = "exit"
	MethodDidOpen                = "textDocument/didOpen"
	MethodDidChange              = "textDocument/didChange"
	MethodDidSave                = "textDocument/didSave"
	MethodDidClose               = "textDocument/didClose"
	MethodCodeAction             = "textDocument/codeAction"
	MethodCodeActionResolve      = "codeAction/resolve"
	MethodDiagnostic             = "textDocument/diagnostic"
	MethodExecuteCommand         = "workspace/executeCommand"
	MethodDidChangeConfiguration = "workspace/didChangeConfiguration"
	MethodDidChangeFolders       = "workspace/didChangeWorkspaceFolders"
	MethodDidChangeWatchedFiles  = "workspace/didChangeWatchedFiles"
)

// What a server asks and tells.
const (
	MethodPublishDiagnostics = "textDocument/publishDiagnostics"
	MethodLogMessage         = "window/logMessage"
	MethodShowMessage        = "window/showMessage"
	MethodShowMessageRequest = "window/showMessageRequest"
	MethodProgressCreate     = "window/workDoneProgress/create"
	MethodProgress           = "$/progress"
	MethodConfiguration      = "workspace/configuration"
	MethodWorkspaceFolders   = "workspace/workspaceFolders"
	MethodApplyEdit          = "workspace/applyEdit"
	MethodRegister           = "client/registerCapability"
	MethodUnregister         = "client/unregisterCapability"
)

// MethodCancelRequest is what either end tells of a request that it made.
const MethodCancelRequest = "$/cancelRequest"

// The error codes that the protocol adds to those of JSON-RPC.
const (
	CodeServerNotInitialized = -32002
	CodeRequestCancelled     = -32800
	CodeRequestFailed        = -32803
)
