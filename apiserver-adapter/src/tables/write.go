package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

const origin = "# Names, numbers and rules of Kubernetes 1.36.3 (Apache-2.0, The Kubernetes Authors), written by src/tables; see NOTICE.\n"

// Packages are written without the part that most of them share.
func shortPackage(name string) string { return strings.TrimPrefix(name, "io.k8s.api.") }

func (set *typeSet) write(folder string) error {
	target := filepath.Join(folder, "types")
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	packages := map[string][]*typeRow{}
	for name, row := range set.rows {
		packages[packageOf(name)] = append(packages[packageOf(name)], row)
	}
	names := make([]string, 0, len(packages))
	for name := range packages {
		names = append(names, name)
	}
	sort.Strings(names)
	index := strings.Builder{}
	index.WriteString(origin)
	index.WriteString("# Which package holds the kinds of a group and version.\n")
	total := 0
	for _, name := range names {
		rows := packages[name]
		sort.Slice(rows, func(i, j int) bool { return rows[i].name < rows[j].name })
		var text strings.Builder
		text.WriteString(origin)
		for _, row := range rows {
			row.write(&text, name)
		}
		total += text.Len()
		if err := os.WriteFile(filepath.Join(target, shortPackage(name)+".txt"), []byte(text.String()), 0o644); err != nil {
			return err
		}
		gv := set.groupVersions[name]
		if gv == "" {
			gv = "-"
		}
		fmt.Fprintf(&index, "%s %s\n", shortPackage(name), gv)
	}
	fmt.Fprintf(os.Stderr, "types: %d in %d packages, %d bytes\n", len(set.rows), len(names), total)
	return os.WriteFile(filepath.Join(folder, "packages.txt"), []byte(index.String()), 0o644)
}

func (row *typeRow) write(text *strings.Builder, home string) {
	text.WriteString(baseOf(row.name))
	flag := func(on bool, word string) {
		if on {
			text.WriteString(" " + word)
		}
	}
	flag(row.anywhere, "anykind")
	flag(row.kind && !row.anywhere, "kind")
	flag(!row.published, "unpublished")
	flag(row.atomic, "atomic")
	text.WriteString("\n")
	if row.unions != "" {
		fmt.Fprintf(text, " union %s\n", row.unions)
	}
	// In the order in which Go writes them.
	for i := 0; i <= len(row.fields); i++ {
		for _, inner := range row.embedded {
			if inner.before == i {
				fmt.Fprintf(text, " %d + %s\n", inner.number, reference(inner.name, home))
			}
		}
		if i < len(row.fields) {
			text.WriteString(" " + row.fields[i].line(home) + "\n")
		}
	}
}

func reference(name, home string) string {
	if packageOf(name) == home {
		return baseOf(name)
	}
	return shortPackage(name)
}

func (field *fieldRow) line(home string) string {
	number := "-"
	if field.number != 0 {
		number = fmt.Sprint(field.number)
	}
	typ := field.typ
	if strings.Contains(typ, ".") {
		typ = reference(typ, home)
	}
	if field.pointer {
		typ = "*" + typ
	}
	shape := field.shape
	if field.wrapped {
		shape = strings.Replace(shape, "[]", "[w]", 1)
	}
	words := []string{number, field.name, shape + typ}
	// Most required fields are always written and the other way round.
	switch {
	case field.required && !field.omitEmpty:
		words = append(words, "!")
	case field.required:
		words = append(words, "required")
	case !field.omitEmpty:
		words = append(words, "always")
	}
	if value := field.shownDefault(); value != "" && field.described {
		words = append(words, "default="+value)
	}
	if field.listType != "" {
		words = append(words, "list="+strings.Join(append([]string{field.listType}, field.listKeys...), ","))
	}
	if field.mapType != "" {
		words = append(words, "map="+field.mapType)
	}
	if field.patchStrategy != "" {
		words = append(words, "patch="+field.patchStrategy)
	}
	if field.patchKey != "" {
		words = append(words, "key="+field.patchKey)
	}
	for _, word := range words {
		if strings.ContainsAny(word, " \n") {
			panic("a word with a space: " + word)
		}
	}
	return strings.Join(words, " ")
}

func writeLines(file string, lines []string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriter(out)
	for _, line := range lines {
		fmt.Fprintln(buffer, line)
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return out.Close()
}
