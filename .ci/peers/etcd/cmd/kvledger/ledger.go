package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"sync"
)

// A ledger is a text file with one line per step:
//
//	try  SEQ OP KEY VALUE      the write is about to be sent
//	ok   SEQ REVISION          the store acknowledged it at that revision
//	lost SEQ ERROR             no answer that settles it: the write may or may not have happened
//
// OP is put or delete; a delete has the value "-". Every line is handed to the operating system before the next step,
// so the file is right whatever happens to the store, and up to the last line if this process dies.
type ledger struct {
	mu   sync.Mutex
	file *os.File
	next int64
}

func newLedger(path string) (*ledger, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	l := &ledger{file: file}
	if info.Size() > 0 {
		entries, err := readLedger(path)
		if err != nil {
			return nil, err
		}
		l.next = int64(len(entries))
	}
	return l, nil
}

func (l *ledger) try(op, key, value string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := l.next
	l.next++
	l.write(fmt.Sprintf("try %d %s %s %s\n", seq, op, key, value))
	return seq
}

func (l *ledger) ok(seq, rev int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(fmt.Sprintf("ok %d %d\n", seq, rev))
}

func (l *ledger) lost(seq int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(fmt.Sprintf("lost %d %s\n", seq, strings.ReplaceAll(err.Error(), "\n", " ")))
}

func (l *ledger) write(line string) {
	if _, err := l.file.WriteString(line); err != nil {
		fatal("the ledger cannot be written: " + err.Error())
	}
}

// entry is one write of the ledger. A revision of 0 means that it was never acknowledged.
type entry struct {
	op, key, value string
	rev            int64
}

// readLedger returns the writes in the order in which they were tried; per key that is the order in which they were made.
func readLedger(path string) ([]entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var entries []entry
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		var seq, rev int64
		switch {
		case strings.HasPrefix(line, "try "):
			var e entry
			if _, err := fmt.Sscanf(line, "try %d %s %s %s", &seq, &e.op, &e.key, &e.value); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, number, err)
			}
			if seq != int64(len(entries)) {
				return nil, fmt.Errorf("%s:%d: sequence %d, expected %d", path, number, seq, len(entries))
			}
			entries = append(entries, e)
		case strings.HasPrefix(line, "ok "):
			if _, err := fmt.Sscanf(line, "ok %d %d", &seq, &rev); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, number, err)
			}
			entries[seq].rev = rev
		case strings.HasPrefix(line, "lost "):
		default:
			return nil, fmt.Errorf("%s:%d: not a line of a ledger: %q", path, number, line)
		}
	}
	return entries, lines.Err()
}
