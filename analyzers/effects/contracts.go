package effects

// contracts are interface methods that mean the same whoever implements them,
// by the interface's full name: what a call does of which no implementation is
// in sight. What is not here is unknown: io.Writer may be a buffer or a socket.
var contracts = []row{
	{"net", "(Conn).Read (Conn).Write (Conn).Close (Listener).Accept (Listener).Close (PacketConn).ReadFrom (PacketConn).WriteTo (PacketConn).Close", network, "a connection"},
	{"net", "(Conn).LocalAddr (Conn).RemoteAddr (Conn).SetDeadline (Conn).SetReadDeadline (Conn).SetWriteDeadline (Listener).Addr (PacketConn).LocalAddr (PacketConn).SetDeadline (PacketConn).SetReadDeadline (PacketConn).SetWriteDeadline (Addr).Network (Error).Timeout (Error).Temporary", nothing, "bookkeeping of a connection"},
	{"net", "(Addr).String", alloc, "makes a string"},
	{"net/http", "(RoundTripper).RoundTrip", network, "sends a request and waits for the response"},
	{"net/http", "(ResponseWriter).Header", alloc, "makes a map in its first call"},
	{"net/http", "(ResponseWriter).WriteHeader", alloc, "buffers the head of the response"},
	{"net/http", "(ResponseWriter).Write (Flusher).Flush (Pusher).Push", network, "writes to the client's connection"},
	{"database/sql/driver", "(Conn).Prepare (Conn).Begin (Conn).Close (ConnBeginTx).BeginTx (ConnPrepareContext).PrepareContext (Connector).Connect (Driver).Open (DriverContext).OpenConnector (Execer).Exec (ExecerContext).ExecContext (Queryer).Query (QueryerContext).QueryContext (Pinger).Ping (SessionResetter).ResetSession (Stmt).Exec (Stmt).Query (Stmt).Close (StmtExecContext).ExecContext (StmtQueryContext).QueryContext (Tx).Commit (Tx).Rollback (Rows).Next (Rows).Close (RowsNextResultSet).NextResultSet", network, "asks the database"},
	{"database/sql/driver", "(Connector).Driver (Validator).IsValid (Rows).Columns (Stmt).NumInput (Result).LastInsertId (Result).RowsAffected (RowsNextResultSet).HasNextResultSet", nothing, "what the driver remembers"},
	{"io/fs", "(FS).Open (File).Read (File).Stat (File).Close (ReadDirFile).ReadDir (ReadDirFS).ReadDir (ReadFileFS).ReadFile (StatFS).Stat (GlobFS).Glob (SubFS).Sub (DirEntry).Info (ReadLinkFS).ReadLink (ReadLinkFS).Lstat", disk, "a file system"},
	{"io/fs", "(FileInfo).Name (FileInfo).Size (FileInfo).Mode (FileInfo).ModTime (FileInfo).IsDir (FileInfo).Sys (DirEntry).Name (DirEntry).IsDir (DirEntry).Type", nothing, "what was read before"},
	{"sort", "(Interface).Len (Interface).Less (Interface).Swap", nothing, "compares or swaps two elements"},
	{"container/heap", "(Interface).Len (Interface).Less (Interface).Swap (Interface).Pop", nothing, "compares or moves elements"},
	{"container/heap", "(Interface).Push", alloc, "appends"},
	{"sync", "(Locker).Lock", lock, "takes a lock"},
	{"sync", "(Locker).Unlock", nothing, "wakes another and goes on"},
	{"log/slog", "(Handler).Enabled (Leveler).Level", nothing, "compares levels"},
	{"log/slog", "(Handler).WithAttrs (Handler).WithGroup (LogValuer).LogValue", alloc, "makes a value"},
	{"encoding", "(TextMarshaler).MarshalText (TextUnmarshaler).UnmarshalText (BinaryMarshaler).MarshalBinary (BinaryUnmarshaler).UnmarshalBinary (TextAppender).AppendText (BinaryAppender).AppendBinary", alloc, "makes text of a value"},
	{"encoding/json", "(Marshaler).MarshalJSON (Unmarshaler).UnmarshalJSON", alloc, "makes text of a value"},
	{"encoding/gob", "(GobEncoder).GobEncode (GobDecoder).GobDecode", alloc, "makes bytes of a value"},
	{"encoding/xml", "(Marshaler).MarshalXML (MarshalerAttr).MarshalXMLAttr (Unmarshaler).UnmarshalXML (UnmarshalerAttr).UnmarshalXMLAttr", alloc, "makes text of a value"},
	{"flag", "(Value).String (Value).Set (Getter).Get (Getter).String (Getter).Set", alloc, "reads or writes a variable"},
	{"fmt", "(Scanner).Scan (ScanState).ReadRune (ScanState).UnreadRune (ScanState).SkipSpace (ScanState).Token (ScanState).Width (ScanState).Read", unknown, "reads from what the caller gave"},
	{"fmt", "(Stringer).String (GoStringer).GoString (Formatter).Format (State).Write", alloc, "makes text"},
	{"crypto/elliptic", "(Curve).Params", nothing, "returns a field"},
	{"crypto/elliptic", "(Curve).IsOnCurve (Curve).Add (Curve).Double (Curve).ScalarMult (Curve).ScalarBaseMult", alloc, "computes with large numbers"},
	{"crypto", "(PublicKey).Equal (PrivateKey).Public (Signer).Public (Decrypter).Public (SignerOpts).HashFunc", nothing, "returns a field"},
}

// settled are contracts that hold however much a caller knows of the value: no
// implementation worth the name does more.
var settled = []row{
	{"", "(error).Error", alloc, "makes a string"},
	{"fmt", "(State).Width (State).Precision (State).Flag", nothing, "reads a field"},
	{"", "(interface).Is (interface).As (interface).Unwrap (interface).Timeout (interface).Temporary (interface).IsZero", nothing, "asks an error about itself"},
	{"hash", "(Hash).Write (Hash).Reset (Hash).Size (Hash).BlockSize (Hash32).Sum32 (Hash64).Sum64 (Hash32).Write (Hash64).Write (Hash32).Reset (Hash64).Reset (XOF).Write (XOF).Read (XOF).Reset (XOF).BlockSize", nothing, "computes"},
	{"hash", "(Hash).Sum (Hash32).Sum (Hash64).Sum (Cloner).Clone", alloc, "appends the sum"},
	{"crypto/cipher", "(Block).BlockSize (Block).Encrypt (Block).Decrypt (BlockMode).BlockSize (BlockMode).CryptBlocks (Stream).XORKeyStream (AEAD).NonceSize (AEAD).Overhead", nothing, "computes"},
	{"crypto/cipher", "(AEAD).Seal (AEAD).Open", alloc, "appends the text"},
	{"math/rand", "(Source).Int63 (Source).Seed (Source64).Uint64", nothing, "computes"},
	{"math/rand/v2", "(Source).Uint64", nothing, "computes"},
	{"context", "(Context).Deadline (Context).Err (Context).Value", nothing, "looks into the context"},
	{"context", "(afterFuncer).AfterFunc", lock, "registers a callback"},
	{"context", "(Context).Done", alloc, "makes a channel in its first call"},
	{"os", "(Signal).String", nothing, "returns a constant"},
	{"encoding/json", "(isZeroer).IsZero", nothing, "compares with zero"},
	{"internal/testlog", "(Interface).Getenv (Interface).Stat (Interface).Open (Interface).Chdir", nothing, "in tests only"},
	{"os", "(Signal).Signal", nothing, "marks a type"},
	{"reflect", "(Type).Align (Type).AssignableTo (Type).Bits (Type).ChanDir (Type).Comparable (Type).ConvertibleTo (Type).Elem (Type).Field (Type).FieldAlign (Type).FieldByIndex (Type).FieldByName (Type).Implements (Type).In (Type).IsVariadic (Type).Key (Type).Kind (Type).Len (Type).Method (Type).MethodByName (Type).Name (Type).NumField (Type).NumIn (Type).NumMethod (Type).NumOut (Type).Out (Type).PkgPath (Type).Size (Type).String (Type).OverflowInt (Type).OverflowUint (Type).OverflowFloat (Type).OverflowComplex (Type).CanSeq (Type).CanSeq2 (Type).common (Type).uncommon", reflects, "looks into a type"},
	{"reflect", "(Type).FieldByNameFunc", reflects | unknown, "looks into a type, and calls what the caller gave"},
	{"internal/reflectlite", "(Type).Name (Type).PkgPath (Type).Size (Type).Kind (Type).Implements (Type).AssignableTo (Type).Comparable (Type).String (Type).Elem (Type).common (Type).uncommon", reflects, "looks into a type"},
}
