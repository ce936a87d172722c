# From QEMU's PVH entry to Rust in long mode.
#
# QEMU jumps to the address in the note below, in 32-bit protected mode without
# paging, with ebx pointing to its `hvm_start_info`. What follows is the least
# that 64-bit code needs: the first 4 GiB mapped onto themselves in pages of
# 2 MiB, and a table with one code and one data segment. Finer pages, the final
# segments and the handlers are set up in Rust.
#
# SSE stays off: the target is soft-float, as kernels are, so nothing uses it and
# an interrupt handler has no vector registers to save.

.section .note.Xen, "a", @note
.balign 4
.long 4, 8, 18                  # sizes of name and value; 18: the 32-bit entry
.asciz "Xen"
.quad _start32

.section .boot32, "ax"
.code32
.global _start32
_start32:
    cli
    cld
    mov esp, offset __stack_top

    mov eax, offset boot_pdpt + 3           # 3: present, writable
    mov [boot_pml4], eax
    mov eax, offset boot_page_directories + 3
    mov edi, offset boot_pdpt
    mov ecx, 4
1:  mov [edi], eax
    add eax, 4096
    add edi, 8
    dec ecx
    jnz 1b

    mov eax, 0x83                           # 0x80: a page of 2 MiB
    mov edi, offset boot_page_directories
    mov ecx, 2048
2:  mov [edi], eax
    add eax, 0x200000
    add edi, 8
    dec ecx
    jnz 2b

    mov eax, cr4
    or eax, 0x20                            # PAE
    mov cr4, eax
    mov eax, offset boot_pml4
    mov cr3, eax
    mov ecx, 0xc0000080                     # EFER
    rdmsr
    or eax, 0x100                           # long mode
    wrmsr
    mov eax, cr0
    or eax, 0x80010001                      # paging, write protection, protected
    mov cr0, eax

    lgdt [boot_gdt_pointer]
    push 8
    mov eax, offset start64
    push eax
    retf

.code64
start64:
    xor eax, eax
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov eax, 16
    mov ss, eax
    mov edi, ebx                            # first argument, zero extended
    call board_start
    ud2

.section .rodata
.balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff                # 64-bit code
    .quad 0x00cf93000000ffff                # data
boot_gdt_pointer:
    .word 23
    .long boot_gdt

.section .bss
.balign 4096
boot_pml4:
    .skip 4096
boot_pdpt:
    .skip 4096
.global boot_page_directories
boot_page_directories:
    .skip 4 * 4096

.text
