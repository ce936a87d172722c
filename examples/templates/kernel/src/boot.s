# From the loader to Rust. QEMU's `-kernel`, Xen and other loaders that know PVH jump to the
# address in the note, in 32-bit mode without paging. Here the first GiB is mapped onto itself in
# pages of 2 MiB, and 64-bit mode is switched on.

.section .note.Xen, "a", @note
.balign 4
.long 4, 8, 18                  # bytes of the name, bytes of the value, kind: PVH entry
.asciz "Xen"
.quad start32

.section .boot, "ax"
.code32
.global start32
start32:
    cli
    cld
    mov esp, offset stack_top

    mov dword ptr [level4], offset level3 + 3       # 3: present, writable
    mov dword ptr [level3], offset level2 + 3
    mov edi, offset level2
    mov eax, 0x83                                   # 0x80: a page of 2 MiB
1:  mov [edi], eax
    add eax, 0x200000
    add edi, 8
    cmp edi, offset level2 + 4096
    jb 1b

    mov eax, cr4
    or eax, 0x20                                    # physical address extension
    mov cr4, eax
    mov eax, offset level4
    mov cr3, eax
    mov ecx, 0xc0000080                             # the register EFER
    rdmsr
    or eax, 0x100                                   # long mode
    wrmsr
    mov eax, cr0
    or eax, 0x80000001                              # paging, protected mode
    mov cr0, eax

    lgdt [gdt_pointer]
    push 8                                          # the segment of 64-bit code
    mov eax, offset start64
    push eax
    retf

.code64
start64:
    mov eax, 16                                     # the segment of data
    mov ds, eax
    mov es, eax
    mov ss, eax
    call kernel_main
    ud2

.section .rodata
.balign 8
gdt:
    .quad 0
    .quad 0x00af9b000000ffff                        # 64-bit code
    .quad 0x00cf93000000ffff                        # data
gdt_pointer:
    .word 23
    .long gdt

.section .bss
.balign 4096
level4:
    .skip 4096
level3:
    .skip 4096
level2:
    .skip 4096
    .skip 65536
stack_top:

.text
